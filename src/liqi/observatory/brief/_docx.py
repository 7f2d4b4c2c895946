"""The brief as a Word document, to be edited and passed on."""

import io
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from liqi.observatory.brief._cited import citation, how, map_words, source, tags
from liqi.observatory.brief._map import drawn
from liqi.observatory.brief._typeset import as_png
from liqi.observatory.question import Section, Standing, Table, Told

_FONTS = {"zh-hans": "Microsoft YaHei", "zh-hant": "Microsoft JhengHei", "en": "Calibri"}
_LANGUAGES = {"zh-hans": "zh-CN", "zh-hant": "zh-TW", "en": "en-GB"}


def as_docx(told: Told, found: Standing, land: Path | None) -> bytes:
    """The document with headings, tables and the line of each figure that lets it be cited."""
    import docx

    page = docx.Document()
    _dress(page, told.language)
    page.core_properties.title = told.title
    page.core_properties.author = "Liqi"
    page.core_properties.created = page.core_properties.modified = found.taken.taken_at.replace(tzinfo=None)
    page.core_properties.language = _LANGUAGES.get(told.language, "en-GB")
    page.add_heading(told.title, level=1)
    page.add_paragraph(" · ".join(tags(told, found)))
    page.add_paragraph().add_run(told.sentence).bold = True
    for words in told.reading:
        page.add_paragraph(words)
    if told.steps:
        page.add_heading(_("Next three moves"), level=2)
        for step in told.steps:
            line = page.add_paragraph(style="List Number")
            line.add_run(step.title).bold = True
            line.add_run(f" {step.why}")
    for section in told.sections:
        _section(page, section, land)
    page.add_heading(_("What this was counted on"), level=2)
    for words in (*told.honesty, *source(found)):
        page.add_paragraph(words, style="List Bullet")
    made = io.BytesIO()
    page.save(made)
    return made.getvalue()


def _dress(page: Any, language: str) -> None:
    """A4 paper, the font of the language for Latin and Chinese letters, and the language that spelling is held to."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    paper = page.sections[0]
    paper.page_width, paper.page_height = Mm(210), Mm(297)
    paper.left_margin = paper.right_margin = Mm(20)
    style = page.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10)
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        fonts = page.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.pop(qn("w:eastAsiaTheme"), None)
        fonts.set(qn("w:eastAsia"), _FONTS.get(language, "Microsoft YaHei"))
    for spoken in page.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), "en-GB")
        spoken.set(qn("w:eastAsia"), _LANGUAGES[language] if language.startswith("zh") else "zh-CN")


def _section(page: Any, section: Section, land: Path | None) -> None:
    from docx.oxml.ns import qn

    page.add_heading(section.title, level=2)
    page.add_paragraph(section.sentence)
    if section.empty:
        page.add_paragraph(section.empty)
    if section.figures:
        head = (_("Figure"), _("Value"), _("How it was counted"))
        rows = [[said.label, said.shown, citation(said)] for said in section.figures]
        _grid(page, head, rows, (False, True, False))
    if section.points and land:
        page.add_picture(io.BytesIO(as_png(drawn(section.points, land))), width=_width(page))
        *_before, picture = page.element.body.iter(qn("wp:docPr"))
        picture.set("descr", map_words())
        page.add_paragraph(map_words())
    for table in section.tables:
        _table(page, table, section.title)
    for note in section.notes:
        page.add_paragraph(note)


def _width(page: Any) -> int:
    paper = page.sections[0]
    return int(paper.page_width - paper.left_margin - paper.right_margin)


def _table(page: Any, table: Table, above: str) -> None:
    if not table.rows:
        return
    if table.title != above:
        page.add_heading(table.title, level=3)
    head = tuple(label for label, _number in table.head)
    numeric = tuple(number for _label, number in table.head)
    _grid(page, head, [[cell.text for cell in row] for row in table.rows], numeric)
    for words in filter(None, (table.note, how(table))):
        page.add_paragraph(words)


def _grid(page: Any, head: tuple[str, ...], rows: list[list[str]], numeric: tuple[bool, ...]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    grid = page.add_table(rows=1, cols=len(head), style="Light Grid Accent 1")
    for cell, words in zip(grid.rows[0].cells, head, strict=True):
        cell.text = words
    page.element.body.tbl_lst[-1].tr_lst[0].get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        for cell, words, is_number in zip(grid.add_row().cells, row, numeric, strict=True):
            cell.text = words
            if is_number:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    page.add_paragraph()
