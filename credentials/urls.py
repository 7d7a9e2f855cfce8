"""The issuer's dashboard, below /dashboard/."""

from django.urls import path, re_path

from credentials import award_pages, pages

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
    path("batches/<uuid:public_id>", pages.batch, name="dashboard_batch"),
    path("batches/<uuid:public_id>/start", pages.start, name="dashboard_batch_start"),
    path("batches/<uuid:public_id>/drop", pages.drop, name="dashboard_batch_drop"),
    path("batches/<uuid:public_id>/progress", pages.progress, name="dashboard_batch_progress"),
    path("batches/<uuid:public_id>/report.csv", pages.report, name="dashboard_batch_report"),
]
