"""The issuer's dashboard, below /dashboard/."""

from django.urls import path

from credentials import batch_pages, pages

BATCH = "batches/<uuid:public_id>"

urlpatterns = [
    path("", pages.home, name="dashboard"),
    path("award", pages.award, name="dashboard_award"),
    path(BATCH, batch_pages.batch, name="dashboard_batch"),
    path(f"{BATCH}/columns", batch_pages.columns, name="dashboard_batch_columns"),
    path(f"{BATCH}/start", batch_pages.start, name="dashboard_batch_start"),
    path(f"{BATCH}/drop", batch_pages.drop, name="dashboard_batch_drop"),
    *(
        path(f"{BATCH}/{action}", batch_pages.change, {"action": action}, name=f"dashboard_batch_{action}")
        for action in batch_pages.CHANGES
    ),
    path(f"{BATCH}/recall", batch_pages.recall, name="dashboard_batch_recall"),
    path(f"{BATCH}/progress", batch_pages.progress, name="dashboard_batch_progress"),
    path(f"{BATCH}/report.csv", batch_pages.report, name="dashboard_batch_report"),
    path(f"{BATCH}/problems.csv", batch_pages.problems, name="dashboard_batch_problems"),
]
