"""E-mail addresses as people type them into spreadsheets: `parse_email`."""

from __future__ import annotations

import re

from credentials.imports.text import clean_line, shown
from credentials.imports.values import FieldFault
from openbadges.domains import DomainInvalid, ascii_domain

MAX_LENGTH = 254  # RFC 5321 4.5.3.1.3 (a path of 256 less its angle brackets)
_MAX_LOCAL = 64

_ATEXT = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_IN_BRACKETS = re.compile(r"[^<>]*<\s*(?:mailto:)?([^<>\s]+)\s*>\s*")
_PLAIN = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,20}")


def parse_email(value: str) -> str:
    """The address in lower case with an ASCII domain; FieldFault `email.*` or `text.*` with the cure.

    Letters beyond ASCII before the @ are refused: few mail systems deliver to them, and look-alike letters would let
    one person pass for another. Lower case throughout, because no provider in use tells Anna@ from anna@.
    """
    text = clean_line(value, 2_000)
    lowered = text.lower()
    if len(lowered) <= MAX_LENGTH and _PLAIN.fullmatch(lowered) and lowered.index("@") <= _MAX_LOCAL:
        return lowered
    _refuse_shape(text)
    local, _, domain = text.rpartition("@")
    _refuse_local(text, local)
    if domain.startswith("["):
        raise FieldFault("email.ip_address", f"{shown(text)} names a machine by number.", "Write a domain after the @.")
    try:
        address = f"{local.lower()}@{ascii_domain(domain)}"
    except DomainInvalid as fault:
        raise FieldFault(
            "email.domain",
            f"{shown(text)} is not an address: {shown(domain)} is no domain, because {fault}.",
            "Write it as anna@university.example.",
        ) from None
    if len(address) > MAX_LENGTH:
        raise FieldFault("email.too_long", f"The address is longer than {MAX_LENGTH} characters.", "Use a shorter one.")
    return address


def _refuse_shape(text: str) -> None:
    """The mistakes that concern the cell as a whole, each with its own cure."""
    example = "Write it as anna@university.example."
    if text.lower().startswith("mailto:"):
        raise FieldFault("email.mailto", f"{shown(text)} begins with mailto:.", f"Write only {shown(text[7:])}.")
    if "<" in text or ">" in text:
        inner = _IN_BRACKETS.fullmatch(text)
        cure = f"Write only {shown(inner[1])}." if inner else example
        raise FieldFault("email.display_name", f"{shown(text)} is more than an address.", cure)
    if text.count("@") > 1 and re.search(r"[,;\s]", text):
        raise FieldFault(
            "email.several", f"{shown(text)} holds more than one address.", "Write one address; give each person a row."
        )
    if '"' in text:
        raise FieldFault("email.quoted", f"{shown(text)} has quotation marks in it.", "Write the address without them.")
    if re.search(r"\s", text):
        raise FieldFault("email.space", f"{shown(text)} has a space in it.", "Remove the space.")
    if "@" not in text:
        raise FieldFault("email.no_at", f"{shown(text)} is not an address: it has no @.", example)
    if text.count("@") > 1:
        raise FieldFault("email.two_ats", f"{shown(text)} is not an address: it has more than one @.", example)


def _refuse_local(text: str, local: str) -> None:
    if not local.isascii():
        raise FieldFault(
            "email.local_not_ascii",
            f"{shown(text)} has letters before the @ that most mail systems cannot deliver to.",
            "Ask for an address with plain letters (a to z) before the @.",
        )
    if len(local) > _MAX_LOCAL:
        raise FieldFault(
            "email.too_long", f"The part before the @ is longer than {_MAX_LOCAL} characters.", "Use a shorter address."
        )
    if not _LOCAL.fullmatch(local.lower()):
        raise FieldFault(
            "email.local",
            f"{shown(text)} is not an address: {shown(local)} cannot stand before the @.",
            "Use letters, digits and single dots inside, as in anna.lind@university.example.",
        )
