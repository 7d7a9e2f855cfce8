"""Small XLSX workbooks for tests, written part by part, so that any of them can be wrong."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = ("email", "name")
# Style 0 plain, 1 a built-in day, 2 a day of one's own, 3 a percentage, 4 text in quotes that looks like a day.
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>
<numFmt numFmtId="165" formatCode="0 &quot;days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="165"/></cellXfs>
</styleSheet>"""


def book(*, is_1904: bool = False, sheets: Sequence[tuple[str, str]] = (("List", "visible"),)) -> str:
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" state="{state}" r:id="r{number}"/>'
        for number, (name, state) in enumerate(sheets, start=1)
    )
    properties = '<workbookPr date1904="1"/>' if is_1904 else "<workbookPr/>"
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}<sheets>{listed}</sheets></workbook>'


def relations(count: int = 1) -> str:
    one = '<Relationship Id="r{0}" Type="{1}/worksheet" Target="worksheets/sheet{0}.xml"/>'
    listed = "".join(one.format(number, RELATIONS) for number in range(1, count + 1))
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def sheet(*rows: str) -> str:
    """rows: the cells of each, as XML."""
    numbered = "".join(f'<row r="{number}">{cells}</row>' for number, cells in enumerate(rows, start=1))
    return f'<worksheet xmlns="{MAIN}"><sheetData>{numbered}</sheetData></worksheet>'


def text(*values: str) -> str:
    """Cells with their text inside."""
    return "".join(f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>' for value in values)


def shared(*values: str) -> str:
    return f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{escape(value)}</t></si>" for value in values) + "</sst>"


def workbook(*rows: str, parts: Mapping[str, str | bytes] | None = None, is_1904: bool = False) -> bytes:
    """rows: cells as XML, the header included; parts: further ones, or instead of those that there are."""
    contents: dict[str, str | bytes] = {
        "xl/workbook.xml": book(is_1904=is_1904),
        "xl/_rels/workbook.xml.rels": relations(),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet(*rows),
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()
