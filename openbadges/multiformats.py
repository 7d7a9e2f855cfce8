"""Base58btc, base64url, multibase and multicodec: how keys and signatures are written as text."""

from __future__ import annotations

import binascii

import pybase64

from openbadges.errors import OpenBadgesError

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_VALUES = bytes(_ALPHABET.find(chr(code)) % 256 for code in range(256))
"""The value of each letter; 255 for what is none."""

MAX_BASE58_LETTERS = 2_048
"""Longer than the Multikey of a 4096-bit RSA key; decoding takes time in the square of the length."""


class EncodingInvalid(OpenBadgesError):
    """The text is not the one canonical encoding of any bytes."""

    code = "encoding.invalid"
    title = "This encoded value cannot be read"


def base58btc_encode(data: bytes) -> str:
    """Return data in the Bitcoin alphabet, without multibase prefix; leading zero bytes become leading 1s."""
    number = int.from_bytes(data)
    letters: list[str] = []
    while number:  # eight letters at a time: dividing a long number is what takes the time
        number, chunk = divmod(number, 58**8)
        high, low = divmod(chunk, 58**4)  # both fit the small integers of Python
        letters += (_PAIRS[low % 58**2], _PAIRS[low // 58**2], _PAIRS[high % 58**2], _PAIRS[high // 58**2])
    letters.reverse()
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(letters).lstrip("1")


def base58btc_decode(text: str) -> bytes:
    """Return the bytes of base58btc text. Raises EncodingInvalid for another letter or over 2,048 letters."""
    if len(text) > MAX_BASE58_LETTERS:
        raise EncodingInvalid("A base58 value is too long.")
    values = text.encode("utf-8", "replace").translate(_VALUES)
    if 255 in values:
        raise EncodingInvalid("A base58 value holds a letter outside its alphabet.")
    number, rest = 0, len(values) % 4
    for value in values[:rest]:
        number = number * 58 + value
    # Four at a time: multiplying a long number is what takes the time.
    for first, second, third, fourth in zip(*[iter(values[rest:])] * 4, strict=True):
        number = number * 58**4 + ((first * 58 + second) * 58 + third) * 58 + fourth
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def base64url_encode(data: bytes) -> str:
    """Return base64url without padding (RFC 4648 section 5)."""
    return pybase64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: str) -> bytes:
    """Return the bytes of unpadded base64url; only the one canonical text of some bytes is taken.

    Raises EncodingInvalid for padding, white space, other letters, impossible lengths, and for unused bits that
    are not zero (the last letter of a token could else be changed without notice).
    """
    if "+" in text or "/" in text or "=" in text:  # the decoder takes the letters of plain base64, too
        raise EncodingInvalid("A value is not base64url without padding.")
    try:
        data = pybase64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise EncodingInvalid("A value is not base64url without padding.") from error
    if len(text) % 4 and base64url_encode(data[-(len(data) % 3) :]) != text[-(len(text) % 4) :]:
        raise EncodingInvalid("A base64url value has unused bits that are not zero.")
    return data


def multibase_encode(data: bytes) -> str:
    """Return data as multibase base58btc: "z" and the letters."""
    return "z" + base58btc_encode(data)


def multibase_decode(text: str) -> bytes:
    """Return the bytes of multibase text, "z" (base58btc) or "u" (base64url without padding).

    Raises EncodingInvalid for any other base and for text that is no such encoding.
    """
    if text.startswith("z"):
        return base58btc_decode(text[1:])
    if text.startswith("u"):
        return base64url_decode(text[1:])
    raise EncodingInvalid("Only the multibase forms z and u are read.")


def varint_encode(number: int) -> bytes:
    """Return an unsigned LEB128 number, as multicodec writes its codes."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def multicodec_split(data: bytes) -> tuple[int, bytes]:
    """Return (code, rest) of bytes that start with a multicodec code.

    Raises EncodingInvalid when the code is cut off, longer than 4 bytes, or not in its shortest form.
    """
    code = 0
    for position, byte in enumerate(data[:4]):
        code |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            if byte == 0 and position:
                raise EncodingInvalid("A multicodec code is not in its shortest form.")
            return code, data[position + 1 :]
    raise EncodingInvalid("A multicodec code is cut off.")
