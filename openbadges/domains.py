"""Internet domain names, international ones included, in the ASCII form that mail and web use.

IDNA 2008 (RFC 5891, 5892, 5893) on the Unicode tables of Python, because the codec of the standard library still
speaks IDNA 2003 and would turn faß.example into fass.example, a domain of somebody else. Stricter than the RFC where
it needs context that no registry sells: joiners, Old Hangul, katakana and Hebrew punctuation are refused.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ASCII_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LETTER_DIGITS = frozenset({"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"})
_ALLOWED = frozenset("ßς\u06fd\u06fe\u0f0b\u3007")
_REFUSED = frozenset("\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b\u180b\u180c\u180d")
_RTL = frozenset({"R", "AL", "AN"})
_RTL_ENDS = frozenset({"R", "AL", "EN", "AN"})
_RTL_PARTS = _RTL_ENDS | {"ES", "CS", "ET", "ON", "BN", "NSM"}


class DomainInvalid(ValueError):
    """Says in half a sentence, without the domain, what is wrong with it."""


@lru_cache(maxsize=1_024)  # a file names few domains, many times
def ascii_domain(domain: str) -> str:
    """`Bücher.Example` -> `xn--bcher-kva.example`; at least two labels, no final dot, at most 253 characters."""
    if len(domain) > 253:
        raise DomainInvalid("it is longer than 253 characters")
    labels = [_ascii_label(label) for label in _DOTS.split(domain)]
    if len(labels) < 2:
        raise DomainInvalid("it has no dot")
    if labels[-1].isdigit():
        raise DomainInvalid("it ends in a number, as an IP address does")
    joined = ".".join(labels)
    if len(joined) > 253:
        raise DomainInvalid("it is longer than 253 characters")
    return joined


def _ascii_label(label: str) -> str:
    if not label:
        raise DomainInvalid("nothing stands before, after or between its dots")
    if not label.isascii():
        label = _mapped(label)
    if not label.isascii():
        return _punycode(label)
    lowered = label.lower()
    if not _ASCII_LABEL.fullmatch(lowered):
        raise DomainInvalid("only letters, digits and inner hyphens may stand between its dots, 63 at most")
    if lowered.startswith("xn--"):
        _check_a_label(lowered)
    elif lowered[2:4] == "--":
        raise DomainInvalid("it has two hyphens in third and fourth place")
    return lowered


def _mapped(label: str) -> str:
    """What keyboards vary: width, capitals, composition (as UTS 46 maps). ß and final ς stay themselves."""
    folded = "".join(
        letter if letter in "ßς" else unicodedata.normalize("NFKC", letter).casefold()
        for letter in unicodedata.normalize("NFC", label).replace("ẞ", "ß")
    )
    return unicodedata.normalize("NFKC", folded)


def _punycode(label: str) -> str:
    _check_u_label(label)
    encoded = "xn--" + label.encode("punycode").decode("ascii")
    if len(encoded) > 63:
        raise DomainInvalid("a part between its dots is longer than 63 characters")
    return encoded


def _check_a_label(label: str) -> None:
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        raise DomainInvalid("the part that begins with xn-- is not well formed") from None
    if decoded.isascii() or any("\ud800" <= letter <= "\udfff" for letter in decoded) or _punycode(decoded) != label:
        raise DomainInvalid("the part that begins with xn-- is not well formed")


def _check_u_label(label: str) -> None:
    if unicodedata.normalize("NFC", label) != label:
        raise DomainInvalid("the part that begins with xn-- is not well formed")
    if label[0] == "-" or label[-1] == "-" or label[2:4] == "--":
        raise DomainInvalid("hyphens may not stand at the ends or in third and fourth place")
    if unicodedata.category(label[0]).startswith("M"):
        raise DomainInvalid("a part begins with an accent that has no letter")
    for index, letter in enumerate(label):
        if not _valid_letter(letter) and not _catalan_dot(label, index):
            raise DomainInvalid(f"U+{ord(letter):04X} cannot be part of a domain")
    _check_direction(label)


def _valid_letter(letter: str) -> bool:
    if letter in _ALLOWED or letter == "-":
        return True
    if letter in _REFUSED or unicodedata.category(letter) not in _LETTER_DIGITS:
        return False
    point = ord(letter)
    if 0x1100 <= point <= 0x11FF or 0xA960 <= point <= 0xA97F or 0xD7B0 <= point <= 0xD7FF or 0x20D0 <= point <= 0x20FF:
        return False
    folded = unicodedata.normalize("NFKC", letter).casefold()
    return unicodedata.normalize("NFKC", folded) == letter


def _catalan_dot(label: str, index: int) -> bool:
    return label[index] == "·" and label[index - 1 : index] == "l" and label[index + 1 : index + 2] == "l"


def _check_direction(label: str) -> None:
    """The bidi rule of RFC 5893 for one label that holds right-to-left letters."""
    kinds = [unicodedata.bidirectional(letter) for letter in label]
    if not _RTL.intersection(kinds):
        return
    last = next((kind for kind in reversed(kinds) if kind != "NSM"), "")
    mixed_digits = "EN" in kinds and "AN" in kinds
    arabic_digits = any("\u0660" <= c <= "\u0669" for c in label) and any("\u06f0" <= c <= "\u06f9" for c in label)
    if kinds[0] not in ("R", "AL") or not _RTL_PARTS.issuperset(kinds) or last not in _RTL_ENDS:
        raise DomainInvalid("it mixes directions of writing")
    if mixed_digits or arabic_digits:
        raise DomainInvalid("it mixes two kinds of digits")
