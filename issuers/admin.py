"""The operator's pages about issuers: set one up, vouch for its name, say who acts for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from issuers.models import Issuer, Member
from issuers.services import create_issuer

if TYPE_CHECKING:  # Django's classes take a type argument in the eyes of the type checker only
    IssuerModelAdmin = admin.ModelAdmin[Issuer]
    MemberTable = admin.TabularInline[Member, Issuer]
else:
    IssuerModelAdmin, MemberTable = admin.ModelAdmin, admin.TabularInline

_FACTS = (
    "slug",
    "name",
    "description",
    "url",
    "email",
    "country_code",
    "region",
    "legal_id",
    "legal_id_type",
    "parent_name",
    "approved_at",
)


class MemberInline(MemberTable):
    model = Member
    autocomplete_fields = ("user",)
    extra = 0


@admin.register(Issuer)
class IssuerAdmin(IssuerModelAdmin):
    fields = _FACTS
    formfield_overrides: ClassVar[dict[Any, Any]] = {models.URLField: {"assume_scheme": "https"}}
    inlines = (MemberInline,)
    list_display = ("name", "slug", "country_code", "approved_at")
    search_fields = ("name", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Issuer | None = None) -> tuple[str, ...]:
        """The slug is part of the issuer's identity: published once, it stays."""
        return () if obj is None else ("slug",)

    def save_model(self, request: HttpRequest, obj: Issuer, form: Any, change: bool) -> None:
        """A new issuer gets its signing keys at once."""
        if change:
            super().save_model(request, obj, form, change)
            return
        facts = {name: getattr(obj, name) for name in _FACTS}
        obj.pk = create_issuer(**facts, now=timezone.now()).pk

    def has_delete_permission(self, request: HttpRequest, obj: Issuer | None = None) -> bool:
        """An issuer that signed must stay, or nobody could verify what it signed."""
        return False
