"""Who acts in a request to the dashboard, and what exists for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.http import Http404, HttpRequest
from django.utils import timezone

from credentials.models import Achievement, Award, Batch
from issuers import audit
from issuers.audit import Actor
from issuers.models import Issuer, IssuerQuerySet

if TYPE_CHECKING:
    from learners.models import User

T = TypeVar("T", Achievement, Award, Batch)


def user_of(request: HttpRequest) -> User:
    assert request.user.is_authenticated  # every caller is behind login_required
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    return Actor.user(user_of(request))


def issuers_of(request: HttpRequest) -> IssuerQuerySet:
    """The issuers that this person acts for."""
    return Issuer.objects.acting(user_of(request))


def theirs(found: T | None, request: HttpRequest, *, trying: str) -> T:
    """What this person asked for, if it is of an issuer that they act for; anything else does not exist for them.

    trying: what a POST was about to do, as the audit log calls it; the log of the issuer then tells of the attempt.
    """
    if found is None:
        raise Http404
    if not issuers_of(request).filter(pk=found.issuer_id).exists():
        if request.method == "POST":
            audit.record(
                trying,
                actor=actor_of(request),
                issuer_id=found.issuer_id,
                object_kind=type(found).__name__.lower(),
                object_id=found.public_id,
                now=timezone.now(),
                refused="not_permitted",
            )
        raise Http404
    return found
