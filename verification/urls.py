"""Public addresses (DESIGN 6): pages and documents share an address and are told apart by Accept or ending."""

from django.urls import path, re_path

from verification import pages, publications, receipt_pages
from verification.api import VerifyBatchView, verify_one
from verification.http import any_origin
from verification.openapi import openapi

_UUID = r"(?P<public_id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"

urlpatterns = [
    path("", pages.home, name="home"),
    path("verify", pages.verify_page, name="verify"),
    path("verify/receipt", receipt_pages.receipt, name="receipt"),
    path("api/v1/verify", any_origin(verify_one), name="api_verify"),
    path("api/v1/openapi.json", any_origin(openapi), name="api_openapi"),
    path("api/v1/verify/batch", any_origin(VerifyBatchView.as_view()), name="api_verify_batch"),
    path("c/<uuid:public_id>", pages.credential, name="credential"),
    re_path(rf"^c/{_UUID}\.(?P<kind>json|jwt|png|svg)\Z", pages.credential_file, name="credential_file"),
    path("c/<uuid:public_id>/qr.svg", pages.credential_qr, name="credential_qr"),
    path("c/<uuid:public_id>/embed", pages.credential_embed, name="credential_embed"),
    path("v/<str:code>", pages.credential_by_code, name="code"),
    path(".well-known/did.json", publications.installation_document, name="installation_did"),
    path("issuers/<slug:slug>", pages.issuer, name="issuer"),
    path("issuers/<slug:slug>/did.json", publications.issuer_document, name="issuer_did"),
    path("issuers/<slug:slug>/logo.png", publications.issuer_logo, name="issuer_logo"),
    path("issuers/<slug:slug>/keys/<slug:fragment>", publications.issuer_key, name="issuer_key"),
    path("achievements/<uuid:public_id>", pages.achievement, name="achievement"),
    path("achievements/<uuid:public_id>/v/<int:number>", pages.achievement, name="achievement_version"),
    re_path(
        rf"^achievements/{_UUID}/v/(?P<number>[0-9]{{1,6}})/image\.(?P<kind>png|svg)\Z",
        publications.achievement_image,
        name="achievement_image",
    ),
    path("status/<uuid:public_id>", publications.status_list, name="status_list"),
]
