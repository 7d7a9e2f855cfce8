"""Addresses for people with an account."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from learners.sign_in import SignInView

urlpatterns = [
    path("sign-in", SignInView.as_view(), name="sign_in"),
    path("sign-out", LogoutView.as_view(), name="sign_out"),
]
