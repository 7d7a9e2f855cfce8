"""What is asked: the gates of the fast core. Each is a ratio of two rates that were taken in turns in one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Standard:
    """How many times the other's rate ours must be at least; aim: what we would like it to be."""

    name: str
    subject: str
    against: Literal["peer", "limit"]
    must: float
    aim: float
    what: str
    heavy: bool = False
    """It takes minutes, and so it is measured only where its whole name is given."""


AWARDS = 1_000
AWARD_SECONDS = 5.0
"""Wall time for AWARDS, the start of the command included."""

CHECKED_ROWS = 10_000
CHECK_SECONDS = 5.0
"""Wall time from a received file of CHECKED_ROWS to its dry run."""

POSTGRESQL = "awards_steady_postgresql"
"""The standard that needs a PostgreSQL server."""

STANDARDS = (
    Standard("issue_vs_npm", "issue", "peer", 50, 100, "embedded proof issued / @digitalbazaar/vc issue"),
    Standard("issue_vs_limit", "issue", "limit", 0.20, 0.35, "embedded proof issued / bare libsodium signature"),
    Standard("verify_vs_npm", "verify", "peer", 20, 40, "whole verdict / @digitalbazaar/vc verifyCredential"),
    Standard("verify_vs_limit", "verify", "limit", 0.15, 0.30, "whole verdict / bare libsodium verification"),
    Standard("token_sign_vs_jose", "token_sign", "peer", 2, 4, "ES256 token signed / jose SignJWT"),
    Standard("token_verify_vs_jose", "token_verify", "peer", 1.5, 3, "ES256 token verified / jose jwtVerify"),
    Standard("endpoint_vs_node", "endpoint", "peer", 8, 16, "POST /api/v1/verify / Node server of @digitalbazaar/vc"),
    Standard("endpoint_vs_model", "endpoint", "limit", 0.6, 0.8, "POST /api/v1/verify / Django view of one row"),
    Standard("awards_1000", "awards", "limit", 1, 2, "awards by `award --csv --wait` / 1,000 awards in 5 s"),
    Standard("dry_run_10000", "dry_run", "limit", 1, 2, "rows of a file checked / 10,000 rows in 5 s"),
    Standard("awards_steady", "batch_sqlite", "limit", 0.9, 1, "awards late / early in a long file", heavy=True),
    Standard(POSTGRESQL, "batch_postgresql", "limit", 0.9, 1, "the same on PostgreSQL", heavy=True),
)


def chosen(words: list[str]) -> tuple[Standard, ...]:
    """The standards whose names begin with one of the words; all where there is no word. Raises ValueError.

    Heavy ones only where a word is their whole name.
    """
    for word in words:
        if not any(
            standard.name == word or (standard.name.startswith(word) and not standard.heavy) for standard in STANDARDS
        ):
            raise ValueError(f"No gate begins with {word!r}. There are: {', '.join(s.name for s in STANDARDS)}.")
    begin = tuple(words) or ("",)
    return tuple(s for s in STANDARDS if s.name in words or (s.name.startswith(begin) and not s.heavy))
