"""Verify: one function behind the page, the API and the command line, so that the three never disagree."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from credentials.models import Award
from openbadges.case import Case, credential_in, issuer_id
from openbadges.errors import LinkUnreachable, TooCostly
from openbadges.facts import Evidence
from openbadges.judge import judge
from openbadges.report import Report
from verification import limited, receipts
from verification.evidence import NOTHING_HELD, Followed, Gathered, Held, gather, look_ahead
from verification.reading import Presented, read
from verification.web import TooManyFetches, Web

MOST_INPUTS = 100
SECONDS_FOR_ALL = 20.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The report, and for pages what the input led to.

    `award`: the award of ours that the input named by link or code. `site`: the host elsewhere that was asked.
    """

    report: Report
    award: Award | None
    site: str = ""


def verify(
    data: bytes | str,
    *,
    now: datetime,
    recipient: str | None = None,
    admit: Callable[[str], None] = lambda badge: None,
    held: Held = NOTHING_HELD,
    web: Web | None = None,
    receipt: bool = False,
) -> Verdict:
    """Judge one input: a link, code, token or JSON as text, or the bytes of a file.

    recipient: an e-mail address to compare with the holder's; admit: called with the badge's id before that is done,
    and may raise to refuse; held: documents of others that the caller supplies; web: other sites, None to open no
    connection and ask no name server; receipt: sign one (verification.receipts).
    Never raises because of the input, but web.TooManyFetches where the asker has used up the connections of a minute.
    """
    gathered = gather(read(data), recipient=recipient, held=held, web=web)
    if recipient and gathered.case is not None:
        admit(_id_of(gathered.case))
    return _verdict(data, gathered, now, receipt)


def verify_all(inputs: Sequence[str], *, now: datetime, web: Web, receipt: bool = False) -> list[Verdict]:
    """Judge several inputs in their order, within one deadline for all connections and 20 seconds for all work.

    receipt: sign one for each.

    What was late, and what went over the rate of connections, is `unreachable`. Raises nothing because of an input.
    """
    end = time.monotonic() + SECONDS_FOR_ALL
    presented = [read(one) if time.monotonic() < end else None for one in inputs]
    followed = look_ahead([one for one in presented if one is not None], web=web, end=end)
    verdicts = []
    for data, one in zip(inputs, presented, strict=True):
        in_time = one is not None and time.monotonic() < end
        gathered = _gathered_in_time(one, web, followed) if one is not None and in_time else _late()
        verdicts.append(_verdict(data, gathered, now, receipt))
    return verdicts


def _gathered_in_time(presented: Presented, web: Web, followed: Followed) -> Gathered:
    try:
        return gather(presented, recipient=None, web=web, followed=followed)
    except TooManyFetches:
        message = "So many other sites were asked for you in this minute that this one has to wait."
        return _unreachable(LinkUnreachable(message, code="read.too_many_fetches"))


def _late() -> Gathered:
    return _unreachable(LinkUnreachable("The time for all inputs was over before this one.", code="read.too_late"))


def _unreachable(error: LinkUnreachable) -> Gathered:
    return Gathered(stopped=Evidence("link", read_error=error))


def _verdict(data: bytes | str, gathered: Gathered, now: datetime, receipt: bool) -> Verdict:
    report = _report(gathered, now)
    if receipt:
        credential = "" if gathered.case is None else gathered.case.badge.text
        report = replace(report, receipt=receipts.sign(report, presented=data, credential=credential))
    return Verdict(report, gathered.award, gathered.site)


def _id_of(case: Case) -> str:
    """The badge's id, which its signature covers: the same in whatever form it is sent. Badges without one have that of
    their issuer."""
    credential = credential_in(case.badge)
    named = credential.get("id")
    return named if isinstance(named, str) else issuer_id(credential)


def _report(gathered: Gathered, now: datetime) -> Report:
    if gathered.case is None:
        return judge(gathered.stopped or Evidence("json"), now=now)
    try:
        return limited.weigh(gathered.case, now=now)
    except TooCostly as error:
        return judge(Evidence(gathered.case.badge.source, read_error=error), now=now)
