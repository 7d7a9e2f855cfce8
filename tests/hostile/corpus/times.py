"""Dates: every malformed shape, both sides of every boundary, other zones, and the claims of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from openbadges.jose import claims_for
from openbadges.times import format_time
from tests.hostile.case import ALTERED, COULD_NOT, REFUSED, Case, Series
from tests.hostile.corpus.schema import attempt
from tests.hostile.maker import ACADEMY, NOW, credential, header_of, jws, token

WORLD = ACADEMY.world()
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MALFORMED: tuple[Any, ...] = (
    "", " ", "2026", "2026-03", "2026-03-12", "2026-03-12T09:30", "2026-03-12T09:30Z", "2026-03-12T09:30:00",
    "2026-03-12 09:30:00Z",
    "2026-03-12t09:30:00z", "20260312T093000Z", "2026-W11-4T09:30:00Z", "2026-071T09:30:00Z", "12.03.2026",
    "03/12/2026", "March 12, 2026",
    "2026-3-12T09:30:00Z", "2026-02-30T09:30:00Z", "2026-13-01T09:30:00Z", "2026-00-01T09:30:00Z",
    "2026-03-12T24:00:00Z", "2026-03-12T25:00:00Z",
    "2026-03-12T09:60:00Z", "2026-12-31T23:59:60Z", "2026-03-12T09:30:00+25:00", "2026-03-12T09:30:00+0100",
    "2026-03-12T09:30:00+1:00",
    "2026-03-12T09:30:00 Z", " 2026-03-12T09:30:00Z", "2026-03-12T09:30:00Z ", "2026-03-12T09:30:00Z\n",
    "2026-03-12T09:30:00.Z",
    "-2026-03-12T09:30:00Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "+2026-03-12T09:30:00Z",
    "٢٠٢٦-03-12T09:30:00Z", "now", "P1Y",
    "2026-03-12T09:30:00ZZ", "2026-03-12T09:30:00−01:00", "2026-03-12T09:30:00+14:60",
    "2026-03-12T09:30:00.1234567890123456789Z",
)  # fmt: skip


def cases() -> Iterator[Case]:
    series = Series("time")
    _controls(series)
    _malformed(series)
    _outside(series)
    _claims(series)
    yield from series.cases


def _controls(series: Series) -> None:
    starts = [
        format_time(NOW), format_time(NOW - SECOND), "2026-11-26T13:00:00+01:00", "2026-11-26T04:00:00-08:00",
        "2026-03-12T09:30:00.123456Z",
        "1970-01-01T00:00:00Z",
        "2024-02-29T12:00:00Z", "2026-11-27T01:59:59+14:00",
    ]  # fmt: skip
    for start in starts:
        series.control("start", attempt(credential(validFrom=start)), "It has begun.", WORLD)
    for end in (
        format_time(NOW + SECOND), "2027-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-26T13:00:01+01:00",
        "2026-11-26T04:00:01-08:00",
        "2026-11-26T12:00:00.5Z",
    ):  # fmt: skip
        series.control("end", attempt(credential(validUntil=end)), "It has not ended.", WORLD)
    for moment in (NOW + SECOND, NOW + DAY):
        document = credential(validUntil=format_time(moment))
        series.control("token-end", token(document), "The token repeats its end, which is to come.", WORLD)


def _malformed(series: Series) -> None:
    for member in ("validFrom", "validUntil", "awardedDate"):
        for value in MALFORMED:
            document = credential(**{member: value})
            why = f"The member {member} is no date and time with a zone."
            series.hostile(
                member, attempt(document), REFUSED | ALTERED | COULD_NOT, ("structure.", "proof."), why, WORLD
            )


def _outside(series: Series) -> None:
    for end in (
        format_time(NOW), format_time(NOW - SECOND), format_time(NOW - DAY), "2026-11-26T13:00:00+01:00",
        "2026-11-26T04:00:00-08:00",
        "2026-11-26T11:59:59.999Z", "2026-11-27T01:59:59+14:00", "2026-06-01T00:00:00Z",
    ):  # fmt: skip
        series.hostile(
            "ended", attempt(credential(validUntil=end)), {"expired"}, "dates.expired", "It has ended.", WORLD
        )
        document = credential(validUntil=end.replace(".999", ""))
        if end.endswith("Z") and "." not in end:
            series.hostile("ended", token(document), {"expired"}, "dates.expired", "It has ended.", WORLD)
    for start in (
        format_time(NOW + SECOND),
        format_time(NOW + DAY),
        "9999-12-31T23:59:59Z",
        "2026-11-26T13:00:01+01:00",
        "2026-11-26T12:00:00.5Z",
    ):
        document = credential(validFrom=start)
        series.hostile(
            "to-come", attempt(document), {"not_yet_valid"}, "dates.not_yet_valid", "It has not begun.", WORLD
        )
    for start, end in (
        ("2026-03-12T09:30:00Z", "2026-03-12T09:29:59Z"),
        ("2027-01-01T00:00:00Z", "2026-12-31T00:00:00Z"),
    ):
        document = credential(validFrom=start, validUntil=end)
        series.hostile("order", attempt(document), REFUSED, "structure.date_order", "It ends before it starts.", WORLD)


def _claims(series: Series) -> None:
    document = credential(validUntil="2027-03-12T09:30:00Z")
    claims = claims_for(document)
    for changes in (
        {"exp": int(NOW.timestamp())},
        {"exp": int((NOW - DAY).timestamp())},
        {"nbf": int((NOW + DAY).timestamp())},
    ):
        text = jws(header_of(ACADEMY), {**claims, **changes}, ACADEMY.key("P-256").sign)
        why = "The token says another time than the credential."
        codes = ("structure.", "token.", "dates.")
        series.hostile("token", text, REFUSED | {"expired", "not_yet_valid"}, codes, why, WORLD)
    alone = claims_for(credential())
    for end in (NOW, NOW - SECOND, NOW - DAY):
        text = jws(header_of(ACADEMY), {**alone, "exp": int(end.timestamp())}, ACADEMY.key("P-256").sign)
        why = "The end that only the token names has passed."
        series.hostile("token-end", text, {"expired", "not_accepted"}, ("dates.", "structure.", "token."), why, WORLD)
