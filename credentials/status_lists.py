"""Status lists: giving out indexes, once each and at random, setting bits, and publishing the signed list.

A change is visible to others within five seconds: the first bit that a transaction sets in a list wakes a worker when
it commits, which signs the list again; bits that follow while it waits travel with the same signature.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from credentials import wake
from credentials.models import StatusEntry, StatusList
from credentials.signing import sign_status_list
from issuers.models import Issuer
from openbadges import status

log = logging.getLogger(__name__)

VALID_FOR = timedelta(days=7)
SIGN_AGAIN_AFTER = timedelta(days=1)
# A thousand revocations, one after the other, must not mean a thousand signatures.
SIGN_AT_MOST_EVERY = timedelta(seconds=1)
# When nobody seems to sign any more: far beyond what a healthy worker needs, and long before verifiers refuse a list.
LATE_AFTER_CHANGE = timedelta(minutes=1)
LATE_AFTER_SIGNING = timedelta(days=2)
PUBLISH_TASK = "credentials.tasks.publish_changed_lists"


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


def set_bits(*, award_ids: Collection[int], now: datetime) -> None:
    """Set the bit of every document of these awards, in the caller's transaction; a set bit is never cleared.

    The caller holds the issuer's lock: all that touches awards and lists together takes it first.
    """
    indexes: dict[int, list[int]] = defaultdict(list)
    for list_id, index in StatusEntry.objects.filter(award__in=award_ids).values_list("status_list_id", "index"):
        indexes[list_id].append(index)
    for list_id in sorted(indexes):
        # Of the list only its bits are needed: its documents are large.
        row = StatusList.objects.select_for_update(no_key=True).only("bits", "is_changed").get(pk=list_id)
        before = bytes(row.bits)
        bits = status.set_bits(before, indexes[list_id])
        if bits == before:
            continue
        StatusList.objects.filter(pk=list_id).update(bits=bits, changed_at=now, is_changed=True)
        if not row.is_changed:  # else somebody was woken already
            transaction.on_commit(_wake_publisher)


@transaction.atomic
def publish(status_list: StatusList, *, now: datetime, only_if_changed: bool = False) -> bool:
    """Sign the list as it stands and make it the published one; return whether it was. Only workers call this.

    only_if_changed: only where a bit was set, and nobody has signed it since the caller read the list.
    """
    # Read under a lock: a bit that was set since the caller read the list must not be lost from the published one.
    current = StatusList.objects.select_for_update(no_key=True).get(pk=status_list.pk)
    if only_if_changed and (not current.is_changed or current.signed_at != status_list.signed_at):
        return False  # another worker was faster; a bit that was set since then has woken the next one
    signed = sign_status_list(current, now=now, valid_until=now + VALID_FOR)
    # One row in one statement: readers see the list of before or the list of now.
    StatusList.objects.filter(pk=status_list.pk).update(
        document=signed.document, token=signed.token, signed_at=now, is_changed=False
    )
    return True


def publish_changed() -> int:
    """Sign the lists again in which a bit was set since; return how many."""
    changed = StatusList.objects.filter(is_changed=True).order_by("changed_at")
    lists = list(changed.only("signed_at"))
    if not lists:
        return 0
    newest = max((each.signed_at for each in lists if each.signed_at), default=None)
    if newest is not None:
        pause = SIGN_AT_MOST_EVERY - (timezone.now() - newest)
        time.sleep(min(max(pause, timedelta()), SIGN_AT_MOST_EVERY).total_seconds())
    return _publish_each(lists, now=timezone.now(), only_if_changed=True)


def publish_due(*, now: datetime) -> int:
    """Sign every list again whose signature is a day old or which never had one; return how many."""
    due = StatusList.objects.exclude(signed_at__gt=now - SIGN_AGAIN_AFTER).order_by("pk")
    return _publish_each(due.only("pk"), now=now)


def late_since(*, now: datetime) -> datetime | None:
    """Since when a worker should have signed some list and did not; None while all are fresh."""
    changed = StatusList.objects.filter(is_changed=True, changed_at__lt=now - LATE_AFTER_CHANGE)
    old = StatusList.objects.filter(signed_at__lt=now - LATE_AFTER_SIGNING)
    moments = [
        *changed.order_by("changed_at").values_list("changed_at", flat=True)[:1],
        *old.order_by("signed_at").values_list("signed_at", flat=True)[:1],
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def _publish_each(lists: Iterable[StatusList], *, now: datetime, only_if_changed: bool = False) -> int:
    """One list that cannot be signed must not keep the others from it."""
    published = 0
    for status_list in lists:
        try:
            published += publish(status_list, now=now, only_if_changed=only_if_changed)
        except Exception:  # whatever it is: the others go on, this one is told and tried again
            log.exception("Status list %s could not be signed", status_list.pk)
    return published


def _wake_publisher() -> None:
    wake.send(PUBLISH_TASK)


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
