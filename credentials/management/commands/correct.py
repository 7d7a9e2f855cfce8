"""`manage.py correct`: replace an award by one that says it right."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from credentials.corrections import columns_of, read_form, texts_of
from credentials.errors import ValuesRefused
from credentials.life import correct
from credentials.management.award_change import AwardChange
from credentials.models import Award
from issuers.audit import Actor


class Command(AwardChange):
    help = "Replace an award by one that says it right. A worker signs the new one; the old link leads to it."
    done = "corrected, replaced"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--set",
            dest="changes",
            action="append",
            required=True,
            metavar="COLUMN=VALUE",
            help='A value as a file of awards has it, for example name="Ada Lovelace"; may be given several times.',
        )

    def change(self, award: Award, options: dict[str, Any]) -> Award:
        now = timezone.now()
        values, errors = read_form(award, texts_of(award) | _changes(award, options["changes"]), now=now)
        if values is None:
            raise ValuesRefused(" ".join(f"{error.column}: {error.message} {error.cure}" for error in errors))
        return correct(award_id=award.pk, values=values, actor=Actor.command("correct"), now=now)


def _changes(award: Award, given: list[str]) -> dict[str, str]:
    """What is to be changed, by column. Raises ValuesRefused."""
    changes = {column.strip(): value for column, _, value in (one.partition("=") for one in given)}
    known = columns_of(award)
    unknown = sorted(changes.keys() - known.keys())
    if unknown or any("=" not in one for one in given):
        raise ValuesRefused(f"--set takes COLUMN=VALUE, where COLUMN is one of: {', '.join(known)}.")
    return changes
