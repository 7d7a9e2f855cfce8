"""Bitstring status lists: one bit per award, left-most bit first (W3C Bitstring Status List v1.0)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

from openbadges.errors import StatusListInvalid
from openbadges.multiformats import EncodingInvalid, base64url_decode, base64url_encode

LIST_LENGTH = 131_072
"""Entries of one list, and the least number that the specification allows (16 KiB): fewer would tell who is meant."""

_MIN_BYTES = LIST_LENGTH // 8


def empty() -> bytes:
    """Return the bits of a list in which nothing is set: 16,384 zero bytes."""
    return bytes(_MIN_BYTES)


def get_bit(bits: bytes, index: int) -> bool:
    """Return whether entry `index` (from 0) is set. Raises StatusListInvalid (status_list.index) outside the list."""
    _check_index(bits, index)
    return bool(bits[index >> 3] >> (7 - (index & 7)) & 1)


def set_bit(bits: bytes, index: int) -> bytes:
    """Return bits with entry `index` set. Raises StatusListInvalid (status_list.index) outside the list."""
    return set_bits(bits, (index,))


def set_bits(bits: bytes, indexes: Iterable[int]) -> bytes:
    """Return bits with all these entries set. Raises StatusListInvalid (status_list.index) outside the list."""
    changed = bytearray(bits)
    for index in indexes:
        _check_index(bits, index)
        changed[index >> 3] |= 0x80 >> (index & 7)
    return bytes(changed)


def encode_list(bits: bytes) -> str:
    """Return a status list as published: "u" + unpadded base64url of gzip(bits); equal bits give equal text.

    Raises StatusListInvalid (status_list.too_short) under 131,072 entries.
    """
    if len(bits) < _MIN_BYTES:
        raise StatusListInvalid(f"A list needs {LIST_LENGTH} entries at least.", code="status_list.too_short")
    return "u" + base64url_encode(gzip.compress(bits, compresslevel=6, mtime=0))


def decode_list(text: str, *, max_bytes: int = 2 * 2**20) -> bytes:
    """Return the bits of a published list, inflating no more than max_bytes.

    Raises StatusListInvalid: status_list.encoding (not "u" + base64url + one whole gzip member),
    status_list.too_large, status_list.too_short (under 131,072 entries).
    """
    if not text.startswith("u"):
        raise StatusListInvalid('A list starts with the multibase letter "u".', code="status_list.encoding")
    if len(text) > 2 * max_bytes:
        raise StatusListInvalid("The list is too long.", code="status_list.too_large")
    try:
        packed = base64url_decode(text[1:])
    except EncodingInvalid as error:
        raise StatusListInvalid("The list is not base64url.", code="status_list.encoding") from error
    bits = _gunzip(packed, max_bytes)
    if len(bits) < _MIN_BYTES:
        raise StatusListInvalid(f"The list has fewer than {LIST_LENGTH} entries.", code="status_list.too_short")
    return bits


def _gunzip(packed: bytes, max_bytes: int) -> bytes:
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        bits = reader.decompress(packed, max_bytes + 1)
    except zlib.error as error:
        raise StatusListInvalid("The list is not gzip.", code="status_list.encoding") from error
    if len(bits) > max_bytes:
        raise StatusListInvalid(f"The list inflates to over {max_bytes} bytes.", code="status_list.too_large")
    if not reader.eof or reader.unused_data:
        raise StatusListInvalid("The list is cut off, or something follows it.", code="status_list.encoding")
    return bits


def _check_index(bits: bytes, index: int) -> None:
    if not 0 <= index < 8 * len(bits):
        raise StatusListInvalid(f"Entry {index} is outside the list.", code="status_list.index")
