"""Verify: one function behind the page, the API and the command line, so that the three never disagree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from credentials.models import Award
from openbadges.judge import judge
from openbadges.report import Report
from verification.evidence import NOTHING_HELD, Held, gather
from verification.reading import read


@dataclass(frozen=True, slots=True)
class Verdict:
    """The report, and the award of ours that the input named by link or code, for pages that show it."""

    report: Report
    award: Award | None


def verify(data: bytes | str, *, now: datetime, recipient: str | None = None, held: Held = NOTHING_HELD) -> Verdict:
    """Judge one input: a link, code, token or JSON as text, or the bytes of a file.

    recipient: an e-mail address to compare with the holder's; held: documents of others that the caller supplies.
    Never raises because of the input.
    """
    gathered = gather(read(data), recipient=recipient, held=held, now=now)
    return Verdict(judge(gathered.evidence, now=now), gathered.award)
