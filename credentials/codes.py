"""Short codes that people type: 12 Crockford base32 characters, shown 4-4-4."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
# Letters that are easily mistaken when read aloud or copied by hand. Source: Crockford, Base 32.
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")


def new_code() -> str:
    """A random code: 60 bits, so that guessing is hopeless at any permitted rate."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """The code as people see it, for example `7K4M-9QXD-2B3C`."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def read_code(text: str) -> str | None:
    """Return the code that a person meant, or None where the text cannot be one.

    Spaces, hyphens, lower case and the letters O, I and L are forgiven.
    """
    if len(text) > 40:
        return None
    code = _SEPARATORS.sub("", text.strip()).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and all(character in ALPHABET for character in code) else None
