"""The issuer's dashboard, below /dashboard/."""

from django.urls import path, re_path

from credentials import award_pages, batch_pages, pages

BATCH = "batches/<uuid:public_id>"

urlpatterns = [
    path("", pages.home, name="dashboard"),
    path("award", pages.award, name="dashboard_award"),
    path("achievements/<uuid:public_id>/awards", award_pages.awards, name="dashboard_awards"),
    path("awards/<uuid:public_id>", award_pages.award, name="dashboard_award_page"),
    path("awards/<uuid:public_id>/<slug:verb>", award_pages.change, name="dashboard_award_change"),
    path("issuers/<slug:slug>/audit", award_pages.audit_log, name="dashboard_audit"),
    re_path(
        r"^issuers/(?P<slug>[-a-z0-9]+)/audit\.(?P<kind>csv|jsonl)\Z",
        award_pages.audit_file,
        name="dashboard_audit_file",
    ),
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
