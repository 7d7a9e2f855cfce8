"""What a cell of a workbook says as text: numbers, days, percentages, truth values and errors.

Source: ECMA-376 part 1, 18.8.30 (number formats), 18.17.4 (dates), 22.9.2.19 (escapes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, Self

from credentials.imports.text import shown
from credentials.imports.values import FaultyCell

Look = Literal["plain", "day", "percent"]

_DAYS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))  # built-in formats that show a day
_PERCENT = frozenset((9, 10))
_NOT_PLACEHOLDERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_DIGITS = 10**15  # a spreadsheet has lost what comes after fifteen digits


@dataclass(frozen=True, slots=True)
class Styles:
    """How the cells of each style look, and from when days are counted."""

    looks: tuple[Look, ...]
    is_1904: bool = False

    @classmethod
    def of(cls, formats: Mapping[int, str], cells: Sequence[int], *, is_1904: bool) -> Self:
        """formats: the workbook's own number formats; cells: the format of each style."""
        return cls(tuple(_look(number, formats.get(number)) for number in cells), is_1904)

    def look(self, style: int) -> Look:
        return self.looks[style] if style < len(self.looks) else "plain"


def cell_text(kind: str, raw: str, style: int, styles: Styles) -> str:
    """The text of a cell of this kind (`t`) and style, or a FaultyCell; "" for an empty one."""
    if kind == "str":
        return unescaped(raw)
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(raw, raw)
    if kind == "e":
        return FaultyCell.of(
            "cell.formula_error", f"The cell shows the error {shown(raw, 20)}.", "Mend the formula, or write the value."
        )
    if kind == "d" or not raw:
        return raw.removesuffix("T00:00:00")
    return _number(raw, styles.look(style), styles.is_1904)


def unescaped(text: str) -> str:
    """Characters that XML cannot hold are written as _x000D_."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _look(number: int, custom: str | None) -> Look:
    if custom is None:
        return "day" if number in _DAYS else "percent" if number in _PERCENT else "plain"
    first = _NOT_PLACEHOLDERS.sub("", custom).partition(";")[0].lower()
    if "general" in first:
        return "plain"
    if "y" in first or "d" in first:
        return "day"
    return "percent" if "%" in first else "plain"


def _number(raw: str, look: Look, is_1904: bool) -> str:
    try:
        value = float(raw)
    except ValueError:
        return raw
    if look == "day" and (day := _day(value, is_1904)):
        return day
    if look == "percent":
        return f"{_plain(100 * value)}%"
    if abs(value) >= _MOST_DIGITS:
        return FaultyCell.of(
            "cell.number_too_long", f"The number {shown(raw, 30)} is so long that its last digits are lost.",
            "Format the column as text and type it anew.",
        )  # fmt: skip
    return _plain(value)


def _plain(value: float) -> str:
    """Fifteen digits, as a spreadsheet keeps them, without an exponent."""
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def _day(serial: float, is_1904: bool) -> str:
    """The day that a serial number names, with the time of day where it has one; "" where it names none."""
    if not 1 <= serial < 2_958_466:
        return ""
    # Else day 1 is 1 January 1900, and after day 60, a 29 February that never was, one more.
    zero = date(1904, 1, 1) if is_1904 else date(1899, 12, 30 if serial >= 61 else 31)
    days, rest = divmod(round(serial * 86_400), 86_400)
    try:
        moment = datetime(zero.year, zero.month, zero.day) + timedelta(days=days, seconds=rest)  # noqa: DTZ001
    except OverflowError:
        return ""
    return moment.date().isoformat() if not rest else moment.isoformat()
