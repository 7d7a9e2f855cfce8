"""What `manage.py suspend`, `reinstate` and `revoke` share: which awards, and what came of each."""

from __future__ import annotations

import sys
import uuid
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand

from credentials.codes import read_code
from credentials.errors import IssuingError
from credentials.life import LifeError
from credentials.models import Award


class AwardChange(BaseCommand):
    """A verb for each award named by code, link or id. Exit status 1 where any was refused."""

    done = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("award", nargs="+", help="Code, link or id of an award.")

    def change(self, award: Award, options: dict[str, Any]) -> object:
        """Do it to this award. Raises LifeError, IssuingError."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        for named in options["award"]:
            award = find(named)
            problem = "There is no such award." if award is None else self._try(lambda: self.change(award, options))  # noqa: B023
            refused += bool(problem)
            self.stdout.write(f"{named}: {problem or self.done}")
        if refused:
            sys.exit(1)

    def _try(self, change: Callable[[], object]) -> str:
        try:
            change()
        except (LifeError, IssuingError) as error:
            return str(error)
        return ""


def find(named: str) -> Award | None:
    """The award that a code, a link of ours or an id names."""
    last = urlsplit(named).path.rstrip("/").rpartition("/")[2] if "/" in named else named
    try:
        return Award.objects.filter(public_id=uuid.UUID(last)).first()
    except ValueError:
        return Award.objects.filter(code=read_code(last) or "-").first()
