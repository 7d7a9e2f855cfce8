"""Which characters a cell may hold, and how a cell is shown in a message.

What is signed is read by people, so nothing may hide in it: control, direction-changing and invisible characters,
noncharacters, private-use characters and the mark of lost letters (U+FFFD) are refused, never silently removed.
Joiners stay where scripts need them (Persian, Indic, Khmer, Mongolian), variation selectors everywhere (Japanese
names).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from credentials.imports.values import FieldFault

TRIMMED = " \t\u00a0\u2007\u202f\u3000"
_MAX_MARKS = 8  # on one letter; cantillated Hebrew needs 4. Also keeps normalisation linear.

_NEWLINES = r"\n\r\x0b\x0c\x85\u2028\u2029"
_BIDI = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NONCHARACTERS = r"\ufdd0-\ufdef" + "".join(rf"\U{plane:04X}FFFE-\U{plane:04X}FFFF" for plane in range(17))
_SURROGATES = r"\ud800-\udfff"
_PRIVATE = r"\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_INVISIBLE = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_JOINABLE = r"\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af"
_EMOJI = r"\ufe0f\u2600-\u27bf\U0001f000-\U0001faff"
_HIDDEN = _BIDI + _NONCHARACTERS + _SURROGATES + _PRIVATE + _INVISIBLE + r"\ufffd"

_SUSPECT = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200c\u200d{_HIDDEN}]")  # one class: fast, and rarely there
_LINE = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{_HIDDEN}]|(?<![{_JOINABLE}])[\u200c\u200d]")
_BLOCK = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{_HIDDEN}]|(?<![{_JOINABLE}{_EMOJI}])[\u200c\u200d]")

# First match names the fault: code, what the character is, cure.
_KINDS: tuple[tuple[re.Pattern[str], str, str, str], ...] = (
    (re.compile(r"\x00"), "text.nul", "a NUL character", "Save the file as CSV in UTF-8 again, or type the cell anew."),
    (re.compile(f"[{_NEWLINES}]"), "text.newline", "a line break", "Write it on one line."),
    (re.compile(f"[{_BIDI}]"), "text.bidi", "a character that changes the direction of text",
     "Delete it, or type the cell anew; letters bring their own direction."),
    (re.compile(f"[{_NONCHARACTERS}]"), "text.noncharacter", "a code that is no character", "Type the cell anew."),
    (re.compile(f"[{_SURROGATES}]"), "text.surrogate", "half a character", "Type the cell anew."),
    (re.compile(f"[{_PRIVATE}]"), "text.private_use", "a private-use character that looks different on each machine",
     "Type it with a standard character."),
    (re.compile("\ufffd"), "text.replacement", "the mark of a letter that was lost when the file was saved",
     "Type the cell anew and save as CSV in UTF-8."),
    (re.compile(r"[\x00-\x1f\x7f-\x9f]"), "text.control", "a control character", "Delete it, or type the cell anew."),
    (re.compile(""), "text.invisible", "an invisible character", "Delete it, or type the cell anew."),
)  # fmt: skip


def shown(value: str, limit: int = 60) -> str:
    """The value in quotation marks, safe to print: cut to `limit` characters, hidden characters as [U+202E]."""
    return f"“{visible(value, limit)}”"


def visible(value: str, limit: int = 60) -> str:
    """The same without the quotation marks."""
    cut = value[:limit] + ("…" if len(value) > limit else "")
    return _LINE.sub(lambda match: f"[U+{ord(match[0]):04X}]", cut)


def clean_line(value: str, limit: int) -> str:
    """One line of text: trimmed, NFC, at most `limit` characters, nothing hidden in it; else FieldFault."""
    text = value.strip(TRIMMED)
    if not (text.isascii() and text.isprintable()):
        text = _normalised(text, limit, _LINE)
    return _within(text, limit)


def clean_block(value: str, limit: int) -> str:
    """The same for text of several lines: tabs and line breaks stay, the latter as LF."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip(TRIMMED + "\n")
    if not (text.isascii() and text.isprintable()):
        text = _normalised(text, limit, _BLOCK)
    return _within(text, limit)


def _normalised(text: str, limit: int, refused: re.Pattern[str]) -> str:
    if len(text) > 4 * limit:  # before any work that grows with the length
        return _within(text, limit)
    if _SUSPECT.search(text) and (hidden := refused.search(text)):
        raise _fault_of(hidden[0], hidden.start() + 1)
    if piled := _piled_marks().search(text):
        raise FieldFault(
            "text.marks",
            f"More than {_MAX_MARKS} accents stand on one letter, from character {piled.start() + 1} on.",
            "Type the cell anew.",
        )
    return unicodedata.normalize("NFC", text)


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise FieldFault(
            "text.too_long", f"The cell has {len(text):,} characters; {limit:,} are the most.", "Shorten it."
        )
    return text


def _fault_of(character: str, position: int) -> FieldFault:
    code, kind, cure = next(kind[1:] for kind in _KINDS if kind[0].match(character))
    name = unicodedata.name(character, "")
    label = f"U+{ord(character):04X}{' ' + name if name else ''}"
    return FieldFault(code, f"Character {position} is {kind} ({label}).", cure)


@cache
def _piled_marks() -> re.Pattern[str]:
    marks = "".join(chr(point) for point in range(0x300, 0x1F000) if unicodedata.combining(chr(point)))
    return re.compile(f"[{marks}]{{{_MAX_MARKS + 1},}}")
