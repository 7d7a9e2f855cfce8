"""Addresses of the installation (DESIGN 6). Each app brings its own; here they meet."""

from django.contrib import admin
from django.urls import include, path, re_path

from config import problems

urlpatterns = [
    path("", include("verification.urls")),  # what is asked for most comes first
    path("admin/", admin.site.urls),
    path("dashboard/", include("credentials.urls")),
    path("", include("learners.urls")),
    # With DEBUG on Django would show a page of its own for an unknown address.
    re_path("", problems.not_found),
]

handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"
