"""What an award hands on to the one that takes its place: by page, by command or by a file; corrected or renewed."""

from __future__ import annotations

from dataclasses import replace

from credentials.imports import RowValues
from credentials.imports.values import EvidenceLink
from credentials.models import Award


def values_of(award: Award) -> RowValues:
    """What an award says of its holder, as the values of a row."""
    return RowValues(
        email=award.recipient_email,
        name=award.recipient_name,
        external_id=award.external_id,
        awarded_on=award.awarded_at.date(),
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        narrative=award.narrative,
        evidence=tuple(EvidenceLink(item["url"], item["name"]) for item in award.evidence),
        results=tuple((item["key"], item["value"]) for item in award.results),
        licence_number=award.licence_number,
        language=award.language,
    )


def completed(values: RowValues, old: Award) -> RowValues:
    """Values in which nothing is open that an award must have or that a correction keeps."""
    return replace(
        values,
        external_id=values.external_id or old.external_id,
        awarded_on=values.awarded_on or old.awarded_at.date(),
        valid_from=values.valid_from or old.valid_from,
        valid_until=values.valid_until or old.valid_until,
        language=values.language or old.language,
    )


def filled_up(values: RowValues, old: Award) -> RowValues:
    """Values of a row whose empty cells leave all as it was: a file may have only the columns that were wrong."""
    before = values_of(old)
    return replace(
        completed(values, old),
        narrative=values.narrative or before.narrative,
        evidence=values.evidence or before.evidence,
        results=tuple({**dict(before.results), **dict(values.results)}.items()),
        licence_number=values.licence_number or before.licence_number,
    )


def hand_on(old: Award, new: Award) -> None:
    """Who holds it, and who may see it, stays."""
    new.subject_id, new.delivery, new.visibility, new.claimed_at = (
        old.subject_id,
        old.delivery,
        old.visibility,
        old.claimed_at,
    )


def keep_day(old: Award, new: Award) -> None:
    """A correction that names the same day was awarded at the same moment."""
    if new.awarded_at.date() == old.awarded_at.date():
        new.awarded_at = old.awarded_at
