"""Bytes -> rows of cells: encoding, delimiter and quotation marks, read in a stream.

Two passes over the bytes, neither holding more than a few hundred kilobytes: the first settles size and encoding, so
that no row is read before every byte is known to be text; the second decodes, splits and counts rows.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Literal

from credentials.imports.text import shown
from credentials.imports.values import ImportRefused, Rules

Encoding = Literal["utf-8", "utf-8-sig", "utf-16", "windows-1252"]

DELIMITERS = ",;\t|"
_CHUNK = 256 * 1024
_MAX_RECORD = 1_000_000  # characters of one row, or of one line
_SHEET_ROWS = 1_048_576  # rows of a spreadsheet, blank ones included

_SAVE = "Save the file as “CSV UTF-8” and upload it again."
_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n]?)"?[,;\t|]*[\r\n]*', re.IGNORECASE)
# Bytes that say what is not UTF-8: well-formed sequences of UTF-8, surrogates forced into it, and codes that
# Windows-1252 leaves undefined or that no Western language puts in a row (another alphabet in another encoding).
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_NOT_WESTERN = re.compile(rb"[\x00\x81\x8d\x8f\x90\x9d]|[\xc0-\xff]{5}")
_HIGH = bytes(range(0x80, 0x100))


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` yields (row number as a spreadsheet shows it, cells), the header first, blank rows left out.

    It may raise ImportRefused at any row: then nothing of the file may be used.
    """

    encoding: str
    delimiter: str
    rows: Iterator[tuple[int, list[str]]]
    notes: tuple[str, ...] = ()  # plain sentences to show beside the result


def read_table(source: IO[bytes] | bytes, rules: Rules) -> Table:
    """Detects encoding and delimiter; `source` must be seekable and stays open. Raises ImportRefused `file.*`."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    encoding = detect_encoding(stream, rules.max_bytes)
    lines = _Lines(stream, encoding)
    delimiter, opening = _delimiter_and_opening(lines)
    return Table(encoding, delimiter, _rows(lines, opening, delimiter, rules))


# --- pass 1: size and encoding -------------------------------------------------------------------------------------


def detect_encoding(stream: IO[bytes], max_bytes: int) -> Encoding:
    """The encoding that the whole stream is valid in; leaves the stream at its end."""
    stream.seek(0)
    head = stream.read(_CHUNK)
    _refuse_other_formats(head)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding: Encoding = "utf-16"
    else:
        encoding = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    line = _first_invalid_line(stream, encoding, max_bytes)
    if line is None:
        return encoding
    if encoding == "utf-8" and _looks_western(stream):
        return "windows-1252"
    raise ImportRefused(
        "file.encoding", f"Line {line} is not valid {encoding.removesuffix('-sig').upper()}.", _SAVE, line
    )


def _refuse_other_formats(head: bytes) -> None:
    if len(head) < _CHUNK and not head.strip(b" \t\r\n" + codecs.BOM_UTF8):
        raise ImportRefused("file.empty", "The file is empty.", "Upload a file with a header and one row per person.")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(
            "file.workbook",
            "This is a workbook in the old format (XLS) or one with a password.",
            "Save it as XLSX without a password, or as “CSV UTF-8”, and upload it again.",
        )
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ImportRefused("file.encoding", "The file is in UTF-32, which is not read.", _SAVE)
    if (
        not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        and b"\x00" in re.split(b"[\r\n]", head, maxsplit=1)[0]
    ):
        raise ImportRefused(
            "file.nul", "The first line has NUL bytes: it is UTF-16 without its mark, or not a text file.", _SAVE
        )


def _first_invalid_line(stream: IO[bytes], encoding: Encoding, max_bytes: int) -> int | None:
    """The number of the first line that cannot be decoded, else None. Refuses what is too large."""
    decoder = codecs.getincrementaldecoder(encoding)()
    size, line, invalid = 0, 1, None
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise ImportRefused(
                "file.too_large", f"The file is larger than {_size(max_bytes)}.", "Split it into smaller files."
            )
        if invalid is None:
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as fault:
                # Newline bytes before the fault; exact for UTF-8, near enough for UTF-16.
                invalid = line + bytes(fault.object[: fault.start]).count(b"\n")
    if invalid is None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            invalid = line
    return invalid


def _size(count: int) -> str:
    return f"{count // 2**20} MB" if count >= 2**20 else f"{count:,} bytes"


def _looks_western(stream: IO[bytes]) -> bool:
    """True where Windows-1252 is the likely reading: most high bytes are no UTF-8, and none is foreign to it."""
    stream.seek(0)
    utf8 = stray = 0
    while chunk := stream.read(_CHUNK):
        if _NOT_WESTERN.search(chunk) or _SURROGATE.search(chunk):
            return False
        sequences = _UTF8_SEQUENCE.findall(chunk)
        utf8 += len(sequences)
        stray += len(chunk) - len(chunk.translate(None, _HIGH)) - sum(map(len, sequences))
    return stray > utf8


# --- pass 2: lines, delimiter, rows --------------------------------------------------------------------------------


class _Lines(Iterator[str]):
    """Decoded lines with their line ends (LF, CR LF or CR); bounds the characters of one line and of one row."""

    def __init__(self, stream: IO[bytes], encoding: Encoding) -> None:
        self.characters = 0  # since the current row began; the reader of rows sets it to 0
        self._lines = _split(stream, encoding)

    def __next__(self) -> str:
        line = next(self._lines)
        self.characters += len(line)
        if self.characters > _MAX_RECORD:
            raise csv.Error("row too long")
        return line


def _split(stream: IO[bytes], encoding: Encoding) -> Iterator[str]:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    while chunk := stream.read(_CHUNK):
        rest += decoder.decode(chunk)
        lines = list(io.StringIO(rest, newline=""))
        rest = lines.pop() if lines else ""  # it may go on, and a CR at its end may have its LF in the next chunk
        if len(rest) > _MAX_RECORD:
            break
        yield from lines
    if rest:
        yield from io.StringIO(rest, newline="")


def _delimiter_and_opening(lines: _Lines) -> tuple[str, list[str]]:
    """The delimiter, from Excel's `sep=` line or guessed, and the lines read so far that belong to rows."""
    opening: list[str] = []
    try:
        for line in lines:
            if separator := _SEPARATOR_LINE.fullmatch(line):
                return _named(separator[1]), opening
            opening.append(line)
            if line.strip():
                return _guess(line), opening
    except csv.Error:
        raise too_long(1) from None
    return ",", opening


def _named(separator: str) -> str:
    if len(separator) == 1 and separator in DELIMITERS:
        return separator
    raise ImportRefused(
        "file.delimiter",
        f"The first line names {shown(separator, 10)} as separator.",
        "Use a comma, semicolon, tab or bar.",
    )


def _guess(header: str) -> str:
    """The delimiter that cuts the header line into the most different cells; quoted text does not count."""
    outside = re.sub(r'"[^"]*"', "q", header)
    return max(DELIMITERS, key=outside.count)  # the first, a comma, where none occurs


def _rows(lines: _Lines, opening: list[str], delimiter: str, rules: Rules) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(chain(opening, lines), delimiter=delimiter, strict=True, skipinitialspace=True)
    number = filled = 0
    while True:
        number += 1
        lines.characters = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise _broken(str(fault), number) from None
        if is_blank(cells):
            if number > _SHEET_ROWS:
                raise too_many(_SHEET_ROWS, number)
            continue
        filled += 1
        if filled > rules.max_rows + 1:
            raise too_many(rules.max_rows, number)
        yield number, cells


def is_blank(cells: list[str]) -> bool:
    return not any(cells) or not any(cell.strip() for cell in cells)


def too_many(most: int, number: int) -> ImportRefused:
    return ImportRefused(
        "file.too_many_rows", f"The file has more than {most:,} rows.", "Split it into smaller files.", number
    )


def too_long(number: int) -> ImportRefused:
    return ImportRefused(
        "file.row_too_long",
        f"Row {number} is longer than any row can be.",
        "Look for a quotation mark in or after it that is opened and never closed.",
        number,
    )


def _broken(fault: str, number: int) -> ImportRefused:
    """What the csv module says, in words; rows after a broken quotation mark cannot be told apart, so none is read."""
    if "end of data" in fault:
        return ImportRefused(
            "file.unclosed_quote",
            f"A quotation mark opened in row {number} is never closed, so the rest of the file is one cell.",
            'Close it, or write a quotation mark inside a quoted cell twice ("").',
            number,
        )
    if "too long" in fault or "limit" in fault:
        return too_long(number)
    return ImportRefused(
        "file.stray_quote",
        f"Row {number} has text after a closing quotation mark.",
        'Write a quotation mark inside a quoted cell twice (""), and close every one that is opened.',
        number,
    )
