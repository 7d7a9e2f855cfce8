"""A receipt in words: what its page shows and what its file is called. Sentences are those of the codes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from openbadges.codes import CODES
from openbadges.headlines import headline
from openbadges.receipts import CheckedLine, Receipt
from openbadges.report import Check, Report
from verification.claims import Fact
from verification.display import CheckLine, check_lines, did_host
from verification.states import KEY_ONLY, LOOKS, StateLook
from verification.wording import counted, moment


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """The page of a receipt. `text`: the receipt itself, as it is saved."""

    look: StateLook
    headline: str
    when: str
    host: str
    facts: tuple[Fact, ...]
    checks: tuple[CheckLine, ...]
    text: str


def receipt_view(receipt: Receipt, text: str) -> ReceiptView:
    """Build the page of a receipt that was read from `text`."""
    report = _report_of(receipt)
    codes = {check.code for check in report.checks}
    is_key_only = receipt.state == "valid" and "issuer.key_only" in codes
    return ReceiptView(
        look=KEY_ONLY if is_key_only else LOOKS[receipt.state],
        headline=report.headline,
        when=moment(receipt.issued_at),
        host=did_host(receipt.issuer),
        facts=_facts(receipt),
        checks=check_lines(report),
        text=text,
    )


def file_name(receipt: Receipt, text: str) -> str:
    """ "receipt-20261122-3f9c01aa.jwt": the day, and a part that tells two receipts of one day apart."""
    return f"receipt-{receipt.issued_at:%Y%m%d}-{sha256(text.encode()).hexdigest()[:8]}.jwt"


def _facts(receipt: Receipt) -> tuple[Fact, ...]:
    found = receipt.credential_sha256
    return (
        Fact("Signed by", receipt.issuer, is_code=True),
        Fact("SHA-256 of what was presented", receipt.input_sha256, is_code=True),
        Fact("SHA-256 of the credential in it", found or "None was found.", is_code=found is not None),
        *(Fact("Age of the status list", _age(seconds)) for seconds in receipt.status_list_ages),
    )


def _age(seconds: int | None) -> str:
    return "Not known" if seconds is None else counted(seconds, "second")


def _report_of(receipt: Receipt) -> Report:
    """The report as far as the receipt tells it, with the meanings of the codes for sentences."""
    checks = tuple(Check(line.id, line.result, line.code, _meaning(line)) for line in receipt.checks)
    codes = frozenset(check.code for check in checks)
    words = headline(receipt.state, codes=codes, when=None)
    return Report(receipt.outcome, receipt.state, words, receipt.issued_at, checks, None)


def _meaning(line: CheckedLine) -> str:
    return CODES[line.code].meaning if line.code in CODES else line.code
