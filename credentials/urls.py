"""The issuer's dashboard, below /dashboard/."""

from django.urls import path

from credentials import pages

urlpatterns = [
    path("", pages.home, name="dashboard"),
    path("award", pages.award, name="dashboard_award"),
    path("batches/<uuid:public_id>", pages.batch, name="dashboard_batch"),
    path("batches/<uuid:public_id>/start", pages.start, name="dashboard_batch_start"),
    path("batches/<uuid:public_id>/drop", pages.drop, name="dashboard_batch_drop"),
    path("batches/<uuid:public_id>/progress", pages.progress, name="dashboard_batch_progress"),
    path("batches/<uuid:public_id>/report.csv", pages.report, name="dashboard_batch_report"),
]
