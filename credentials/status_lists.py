"""Status lists: giving out indexes, once each and at random, and publishing the signed list."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from credentials.models import StatusEntry, StatusList
from credentials.signing import sign_status_list
from issuers.models import Issuer
from openbadges import status

VALID_FOR = timedelta(days=7)
SIGN_AGAIN_AFTER = timedelta(days=1)


def take_indexes(*, issuer: Issuer, count: int, now: datetime) -> list[tuple[StatusList, int]]:
    """Give out `count` unused places in the issuer's open list, opening the next list when one is full.

    Runs inside the caller's transaction, which must record every place as a StatusEntry. Places are drawn at random,
    so that an index says nothing about when or in what order awards were given.
    """
    places: list[tuple[StatusList, int]] = []
    while len(places) < count:
        current = _open_list(issuer, now)
        room = status.LIST_LENGTH - current.used
        indexes = _unused_indexes(current, min(room, count - len(places)))
        current.used += len(indexes)
        current.is_open = current.used < status.LIST_LENGTH
        current.save(update_fields=["used", "is_open"])
        places += [(current, index) for index in indexes]
    return places


@transaction.atomic
def publish(status_list: StatusList, *, now: datetime) -> None:
    """Sign the list as it stands and make it the published one. Only workers call this."""
    # Read under a lock: a bit that was set since the caller read the list must not be lost from the published one.
    current = StatusList.objects.select_for_update(no_key=True).get(pk=status_list.pk)
    signed = sign_status_list(current, now=now, valid_until=now + VALID_FOR)
    StatusList.objects.filter(pk=status_list.pk).update(document=signed.document, token=signed.token, signed_at=now)


def publish_due(*, now: datetime) -> int:
    """Sign every list again whose signature is a day old or which never had one; return how many."""
    due = StatusList.objects.select_related("issuer").exclude(signed_at__gt=now - SIGN_AGAIN_AFTER)
    for status_list in due:
        publish(status_list, now=now)
    return len(due)


def _open_list(issuer: Issuer, now: datetime) -> StatusList:
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)  # two workers must not open two lists
    current = StatusList.objects.select_for_update(no_key=True).filter(issuer=issuer, is_open=True).first()
    return current or StatusList.objects.create(issuer=issuer, bits=status.empty(), created_at=now)


def _unused_indexes(status_list: StatusList, count: int) -> Sequence[int]:
    """Draw distinct indexes that no entry holds yet: by trial while there is room, from what is left when scarce."""
    generator = secrets.SystemRandom()
    entries = StatusEntry.objects.filter(status_list=status_list)
    if status_list.used + count > status.LIST_LENGTH // 2:
        free = set(range(status.LIST_LENGTH)).difference(entries.values_list("index", flat=True))
        return generator.sample(sorted(free), count)
    chosen: set[int] = set()
    while len(chosen) < count:
        drawn = set(generator.sample(range(status.LIST_LENGTH), count - len(chosen))) - chosen
        chosen |= drawn.difference(entries.filter(index__in=drawn).values_list("index", flat=True))
    return generator.sample(sorted(chosen), count)
