"""The operator's pages about issuers: set one up, vouch for its name, say who acts for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from issuers.audit import Actor
from issuers.models import Issuer, Member
from issuers.services import create_issuer, record_change
from openbadges.json_types import JsonObject

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


def _actor(request: HttpRequest) -> Actor:
    assert request.user.is_authenticated  # the admin's pages are for people who signed in
    return Actor.user(request.user)


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
        actor, now = _actor(request), timezone.now()
        if change:
            with transaction.atomic():
                super().save_model(request, obj, form, change)
                details: JsonObject = {"fields": list(form.changed_data)}
                record_change("issuer.changed", obj, actor=actor, now=now, details=details)
            return
        facts = {name: getattr(obj, name) for name in _FACTS}
        obj.pk = create_issuer(**facts, now=now, actor=actor).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Who may act for an issuer is in the log, too."""
        with transaction.atomic():
            super().save_formset(request, form, formset, change)
            for action, members in (
                ("member.added", [*formset.new_objects, *(member for member, _ in formset.changed_objects)]),
                ("member.removed", formset.deleted_objects),
            ):
                for member in members:
                    said: JsonObject = {"user": member.user_id, "role": member.role}
                    record_change(action, member.issuer, actor=_actor(request), now=timezone.now(), details=said)

    def has_delete_permission(self, request: HttpRequest, obj: Issuer | None = None) -> bool:
        """An issuer that signed must stay, or nobody could verify what it signed."""
        return False
