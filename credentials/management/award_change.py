"""What the commands for awards share (`suspend`, `correct` and others): which awards, and what came of each."""

from __future__ import annotations

import sys
import uuid
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand

from credentials.codes import read_code
from credentials.errors import IssuingError
from credentials.life import LifeError
from credentials.models import Award
from openbadges.documents import DocumentInvalid


class AwardChange(BaseCommand):
    """A verb for each award named by code, link or id. Exit status 1 where any was refused."""

    done = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("award", nargs="+", help="Code, link or id of an award.")

    def change(self, award: Award, options: dict[str, Any]) -> Award:
        """Do it to this award; return it, or the one that takes its place.

        Raises LifeError, IssuingError, DocumentInvalid.
        """
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        for named in options["award"]:
            award = find(named)
            was_refused, said = self._try(award, options)
            refused += was_refused
            self.stdout.write(f"{named}: {said}")
        if refused:
            sys.exit(1)

    def _try(self, award: Award | None, options: dict[str, Any]) -> tuple[bool, str]:
        """Whether it was refused, and what is said of it."""
        if award is None:
            return True, "There is no such award."
        try:
            changed = self.change(award, options)
        except (LifeError, IssuingError, DocumentInvalid) as error:
            return True, str(error)
        return False, self.done if changed.pk == award.pk else f"{self.done} by {changed.address}"


def find(named: str) -> Award | None:
    """The award that a code, a link of ours or an id names."""
    last = urlsplit(named).path.rstrip("/").rpartition("/")[2] if "/" in named else named
    try:
        return Award.objects.filter(public_id=uuid.UUID(last)).first()
    except ValueError:
        return Award.objects.filter(code=read_code(last) or "-").first()
