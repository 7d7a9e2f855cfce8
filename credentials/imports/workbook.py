"""An XLSX workbook -> the rows of its first visible sheet, read in a stream.

A reader of our own over zipfile and expat: what is needed is small, and nothing may be trusted. Sizes that the archive
announces are not believed, bytes are counted as they come; a document type declaration, and so every entity, is
refused; no part is held in memory but the shared texts, which are packed and bounded. Source: ECMA-376 part 1, 18.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat  # declarations are refused, see _Xml

from credentials.imports.cells import Styles, cell_text, unescaped
from credentials.imports.table import Table, is_blank, too_long, too_many
from credentials.imports.text import shown
from credentials.imports.values import FaultyCell, ImportRefused, Rules

_CHUNK = 64 * 1024
_MAX_COLUMNS = 1_000  # beyond them a filled cell is refused
_SHEET_ROWS = 1_048_576
_MAX_CELLS = 6_000_000  # of one sheet, empty ones included: 200,000 rows of 30
_MAX_CELL = 100_000  # characters; spreadsheets stop at 32,767
_MAX_DIRECTORY = 4 * 2**20  # bytes of the archive's table of contents
_MAX_PART = 512 * 2**20
_MAX_SMALL_PART = 8 * 2**20  # workbook, relations, styles
_MAX_TEXTS = 96 * 2**20  # bytes of all shared texts
_MOST_INFLATED = 200  # times the packed size, for parts above _MAX_SMALL_PART
_ARCHIVE_END = b"PK\x05\x06"
_LARGE_ARCHIVE_END = b"PK\x06\x07"

_SAVE = "Open the file in a spreadsheet program and save it as XLSX or as “CSV UTF-8” again."


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether the stream starts as every ZIP archive does; leaves it at its start."""
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    return head == b"PK\x03\x04"


def read_workbook(stream: IO[bytes], rules: Rules) -> Table:
    """The first visible sheet as a table; `stream` must be seekable and stays open. Raises ImportRefused `file.*`.

    Dates come as 2026-11-22, numbers as they are shown without a format, formulas by the value that was saved with
    them. What has no such value, such as an error, is a FaultyCell.
    """
    archive = _open(stream, rules.max_bytes)
    sheet, others, is_1904 = _first_sheet(archive)
    styles = _styles(archive, is_1904=is_1904)
    texts = _shared_texts(archive)
    notes = (f"Only the first sheet, {shown(sheet.name, 40)}, was read; the file has others.",) if others else ()
    return Table("xlsx", "", _rows(archive, sheet.part, styles, texts, rules), notes)


# --- the archive ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Archive:
    file: zipfile.ZipFile
    names: frozenset[str]

    def parts(self, name: str, limit: int) -> Iterator[bytes]:
        """The bytes of one part, piece by piece, and never more than it may have."""
        info = self.file.getinfo(name)
        most = min(limit, max(_MAX_SMALL_PART, _MOST_INFLATED * info.compress_size))
        size = 0
        try:
            with self.file.open(info) as part:
                while piece := part.read(_CHUNK):
                    size += len(piece)
                    if size > most:
                        raise _too_large()
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise _broken("A part of it cannot be unpacked.") from error


def _open(stream: IO[bytes], max_bytes: int) -> _Archive:
    stream.seek(0, io.SEEK_END)
    if stream.tell() > max_bytes:
        raise ImportRefused(
            "file.too_large", f"The file is larger than {max_bytes // 2**20} MB.", "Split it into smaller files."
        )
    _refuse_large_directory(stream)
    try:
        file = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError) as error:
        raise _broken("Its table of contents cannot be read.") from error
    names = frozenset(file.namelist())
    if len(names) != len(file.namelist()):
        raise _broken("It has two parts of one name.")
    if "xl/workbook.xml" not in names:
        kind = "an OpenDocument file" if "mimetype" in names else "no XLSX workbook"
        raise ImportRefused("file.workbook_kind", f"This archive is {kind}.", _SAVE)
    return _Archive(file, names)


def _refuse_large_directory(stream: IO[bytes]) -> None:
    """zipfile holds the whole table of contents, so its size is looked at before: 12 bytes into the archive's end."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    end = tail.rfind(_ARCHIVE_END)
    if end < 0 or end + 22 > len(tail) or _LARGE_ARCHIVE_END in tail[max(0, end - 20) : end]:
        raise _broken("Its table of contents cannot be read.")
    if int.from_bytes(tail[end + 12 : end + 16], "little") > _MAX_DIRECTORY:
        raise _too_large()


# --- its small parts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str


@dataclass(slots=True)
class _Book:
    is_1904: bool = False
    sheets: list[tuple[str, str]] = field(default_factory=list)  # (name, relation) of the visible ones


def _first_sheet(archive: _Archive) -> tuple[_Sheet, int, bool]:
    """The first visible sheet, how many further ones there are, and whether days count from 1904."""
    book, targets = _Book(), {}

    def in_book(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            book.is_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            book.sheets.append((attributes.get("name", ""), relation))

    def in_relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes.get("Id", "")] = posixpath.normpath(
                posixpath.join("/xl", attributes.get("Target", ""))
            ).lstrip("/")

    _Xml(start=in_book).read(archive.parts("xl/workbook.xml", _MAX_SMALL_PART))
    relations = "xl/_rels/workbook.xml.rels"
    if relations in archive.names:
        _Xml(start=in_relations).read(archive.parts(relations, _MAX_SMALL_PART))
    found = [_Sheet(name, targets[relation]) for name, relation in book.sheets if relation in targets]
    found = [sheet for sheet in found if sheet.part in archive.names]
    if not found:
        raise _broken("It has no visible sheet of cells.")
    return found[0], len(found) - 1, book.is_1904


def _styles(archive: _Archive, *, is_1904: bool) -> Styles:
    formats: dict[int, str] = {}
    cells: list[int] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[_whole(attributes.get("numFmtId"), -1)] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            cells.append(_whole(attributes.get("numFmtId"), 0))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    if "xl/styles.xml" in archive.names:
        _Xml(start=start, end=end).read(archive.parts("xl/styles.xml", _MAX_SMALL_PART))
    return Styles.of(formats, cells, is_1904=is_1904)


class _Texts:
    """Shared texts, one after the other in one run of bytes: a Python text each would cost five times as much."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("L")

    def add(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))
        if len(self._bytes) + 8 * len(self._ends) > _MAX_TEXTS:
            raise _too_large()

    def at(self, index: int) -> str | None:
        if not 0 <= index < len(self._ends):
            return None
        start = self._ends[index - 1] if index else 0
        return self._bytes[start : self._ends[index]].decode("utf-8", "surrogatepass")


def _shared_texts(archive: _Archive) -> _Texts:
    texts, reader = _Texts(), _TextReader()

    def end(name: str) -> None:
        reader.end(name)
        if name == "si":
            texts.add(unescaped(reader.take()))

    if "xl/sharedStrings.xml" in archive.names:
        xml = _Xml(start=lambda name, _: reader.start(name), end=end, characters=reader.characters)
        xml.read(archive.parts("xl/sharedStrings.xml", _MAX_PART))
    return texts


class _TextReader:
    """Gathers what <t> says, several of them for formatted text, without the pronunciation in <rPh>."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._is_on = self._is_aside = False

    def start(self, name: str) -> None:
        if name == "rPh":
            self._is_aside = True
        elif name == "t":
            self._is_on = not self._is_aside

    def end(self, name: str) -> None:
        if name == "rPh":
            self._is_aside = False
        elif name == "t":
            self._is_on = False

    def characters(self, data: str) -> None:
        if self._is_on:
            self._length += len(data)
            if self._length > _MAX_CELL:
                raise too_long(1)
            self._pieces.append(data)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return text


# --- the sheet -----------------------------------------------------------------------------------------------------


def _rows(archive: _Archive, part: str, styles: Styles, texts: _Texts, rules: Rules) -> Iterator[tuple[int, list[str]]]:
    """Filled rows; every one at least as wide as the first, the header: an empty cell at the end is not written."""
    sheet = _SheetReader(styles, texts)
    xml = _Xml(start=sheet.start, end=sheet.end, characters=sheet.characters)
    width = filled = 0
    for piece in archive.parts(part, _MAX_PART):
        xml.feed(piece)
        for number, cells in sheet.take():
            if is_blank(cells):
                continue
            filled += 1
            if filled > rules.max_rows + 1:
                raise too_many(rules.max_rows, number)
            width = width or len(cells)
            yield number, cells + [""] * (width - len(cells))
    xml.close()


class _SheetReader:
    """Handlers of expat for one sheet; finished rows wait in a list until they are taken."""

    def __init__(self, styles: Styles, texts: _Texts) -> None:
        self._styles, self._texts = styles, texts
        self._done: list[tuple[int, list[str]]] = []
        self._number = self._column = self._count = 0
        self._cells: list[str] = []
        self._kind = self._style = ""
        self._has_formula = self._is_value = False
        self._value: list[str] = []
        self._length = 0
        self._inline = _TextReader()

    def take(self) -> list[tuple[int, list[str]]]:
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._count += 1
            if self._count > _MAX_CELLS:
                raise _too_large()
            place = attributes.get("r")
            self._column = _column(place) if place else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._has_formula, self._value, self._length = False, [], 0
            self._inline.take()
        elif name == "v":
            self._is_value = True
        elif name == "row":
            number = _whole(attributes.get("r"), self._number + 1)
            if not self._number < number <= _SHEET_ROWS:
                raise _broken(f"After row {self._number} comes row {number}.")
            self._number, self._column, self._cells = number, 0, []
        elif name == "f":
            self._has_formula = True
        else:
            self._inline.start(name)

    def end(self, name: str) -> None:
        if name == "v":
            self._is_value = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._done.append((self._number, self._cells))
        else:
            self._inline.end(name)

    def characters(self, data: str) -> None:
        if self._is_value:
            self._length += len(data)
            if self._length > _MAX_CELL:
                raise too_long(self._number)
            self._value.append(data)
        else:
            self._inline.characters(data)

    def _end_cell(self) -> None:
        text = self._text()
        if not text:
            return
        if self._column > _MAX_COLUMNS:
            raise ImportRefused(
                "file.too_many_columns", f"Row {self._number} has a cell in column {self._column:,}.",
                f"Keep at most {_MAX_COLUMNS:,} columns.", self._number,
            )  # fmt: skip
        self._cells += [""] * (self._column - 1 - len(self._cells))
        self._cells.append(text)

    def _text(self) -> str:
        if self._kind == "inlineStr":
            return unescaped(self._inline.take())
        raw = "".join(self._value)
        if not raw and self._has_formula:
            return FaultyCell.of(
                "cell.formula_without_value", "The cell is a formula whose result was not saved.",
                "Open the file in a spreadsheet program and save it, or write the value.",
            )  # fmt: skip
        if self._kind == "s":
            text = self._texts.at(_whole(raw, -1))
            if text is None:
                raise _broken(f"A text of row {self._number} is not in it.")
            return text
        return cell_text(self._kind, raw, _whole(self._style, 0), self._styles)


class _Xml:
    """expat with local names only, without declarations, fed piece by piece."""

    def __init__(
        self,
        *,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        self._locals: dict[str, str] = {}
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: start(self._name(name), attributes)
        if end is not None:
            parser.EndElementHandler = lambda name: end(self._name(name))
        if characters is not None:
            parser.CharacterDataHandler = characters
        parser.StartDoctypeDeclHandler = self._refuse
        self._parser = parser

    def read(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self.feed(piece)
        self.close()

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise _broken("A part of it is no proper XML.") from error

    def close(self) -> None:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise _broken("A part of it ends too early.") from error

    def _name(self, name: str) -> str:
        known = self._locals.get(name)
        if known is None:
            known = _local(name)
            if len(self._locals) < 1_000:
                self._locals[name] = known
        return known

    def _refuse(self, *_: object) -> None:
        raise _broken("It declares a document type, which workbooks never do.")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _column(place: str) -> int:
    """C5 -> 3."""
    column = 0
    for character in place:
        if not "A" <= character <= "Z":
            break
        column = 26 * column + ord(character) - 64
        if column > 16_384:
            break
    if not 1 <= column <= 16_384:
        raise _broken(f"It has a cell at {shown(place, 20)}.")
    return column


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and len(text) <= 10 and text.isascii() and text.isdigit() else default


def _broken(what: str) -> ImportRefused:
    return ImportRefused("file.workbook_broken", f"This workbook is damaged. {what}", _SAVE)


def _too_large() -> ImportRefused:
    return ImportRefused(
        "file.workbook_too_large", "Unpacked, this workbook is far larger than any list of people.",
        "Copy the list alone into a new workbook and upload that, or save it as “CSV UTF-8”.",
    )  # fmt: skip
