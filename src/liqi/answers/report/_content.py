"""An answer's JSON told in one language: what both the HTML and the PDF show, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from liqi import __version__
from liqi.answers.report._figures import DRAW
from liqi.answers.report._people import said_by_people
from liqi.answers.report._shown import Shown
from liqi.answers.report._words import TAGS, WORDS
from liqi.methods import find_method, method_ids
from liqi.methods.phrases import confidence_words, unit_words
from liqi.methods.structure import drawing, structures_of

MOST_ROWS = 120
MOST_FIGURES = 24
MOST_DRAWN = 3
"""So many isomers of one row are drawn."""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a report shows, in one language."""

    language: str
    title: str
    tags: list[str]
    sentence: str
    tables: list[Shown]
    figures: list[tuple[str, str, str]]
    figures_more: str
    warnings: list[str]
    provenance: list[tuple[str, str]]
    words: dict[str, str]


def content(answer: Mapping[str, Any], language: str, people: Mapping[str, Any] | None = None) -> Content:
    """Return what the report of this answer says in zh-Hans, zh-Hant or en, with what people said of it."""
    words = {name: text.of(language) for name, text in WORDS.items()}
    drawn = _drawn(answer.get("plots", ()))
    if not any(plot["kind"] == "mirror" for plot in drawn[:MOST_FIGURES]):
        words["matched"] = ""
    figures = [_figure(plot, language) for plot in drawn[:MOST_FIGURES]]
    return Content(
        language=language,
        title=_say(answer["title"], language),
        tags=[TAGS[tag].of(language) if tag in TAGS else tag for tag in answer.get("tags", ())],
        sentence=_say(answer["sentence"], language),
        tables=[
            *said_by_people(answer, people, language),
            *(_table(table, language, words) for table in answer["tables"] if table["rows"]),
        ],
        figures=figures,
        figures_more=_more(words, len(drawn) - MOST_FIGURES),
        warnings=[_say(warning, language) for warning in answer["warnings"]],
        provenance=_provenance(answer, words, language),
        words=words,
    )


def _say(words: Any, language: str) -> str:
    return str(words[language]) if isinstance(words, Mapping) else str(words)


def _more(words: Mapping[str, str], left_out: int) -> str:
    return words["and_more"].format(n=left_out) if left_out > 0 else ""


def _drawn(plots: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Figures of the whole run first, then spectra against references, then what else the rows shown there have."""
    known = [plot for plot in plots if plot["kind"] in DRAW]
    whole = [plot for plot in known if "feature" not in plot["data"]]
    spectra = [plot for plot in known if "feature" in plot["data"] and _is_spectrum(plot)]
    shown = {plot["data"]["feature"] for plot in spectra}
    beside = [plot for plot in known if plot["data"].get("feature") in shown and not _is_spectrum(plot)]
    return [*whole, *spectra, *beside] if spectra else known


def _is_spectrum(plot: Mapping[str, Any]) -> bool:
    return plot["kind"] == "mirror" and not plot["data"].get("beside")


def _figure(plot: Mapping[str, Any], language: str) -> tuple[str, str, str]:
    reference = plot["data"].get("reference", {})
    credit = ", ".join(str(reference[name]) for name in ("accession", "licence", "authors") if reference.get(name))
    return _say(plot["title"], language), DRAW[plot["kind"]](plot, language), credit


def _table(table: Mapping[str, Any], language: str, words: Mapping[str, str]) -> Shown:
    columns = table["columns"]
    rows = table["rows"][:MOST_ROWS]
    head = [_say(column["title"], language) + _unit(column, language) for column in columns]
    told = [[_cell(_words_of(row, column["name"]), column, language) for column in columns] for row in rows]
    numeric = [_is_number(column["name"], rows) for column in columns]
    more = _more(words, len(table["rows"]) - MOST_ROWS)
    shown = Shown(_say(table["title"], language), head, told, numeric, more)
    drawn = [[svg for one in structures_of(row)[:MOST_DRAWN] if (svg := drawing(one))] for row in rows]
    return _with_structures(shown, columns, drawn, words) if any(drawn) else shown


def _with_structures(
    table: Shown, columns: Sequence[Mapping[str, Any]], drawn: list[list[str]], words: Mapping[str, str]
) -> Shown:
    """Return the table with a column of drawings after the one that names the compound."""
    names = [column["name"] for column in columns]
    at = names.index("compound") + 1 if "compound" in names else 1
    rows = [[*row[:at], "", *row[at:]] for row in table.rows]
    head = [*table.head[:at], words["structure"], *table.head[at:]]
    numeric = [*table.numeric[:at], False, *table.numeric[at:]]
    return replace(table, head=head, rows=rows, numeric=numeric, drawn=drawn, drawn_at=at)


def _words_of(row: Mapping[str, Any], name: str) -> Any:
    """A cell in three languages where its words are known, else as it is."""
    if name == "confidence" and (alone := confidence_words(row)):
        return alone.as_json()
    return row.get("words", {}).get(name, row.get(name))


def _unit(column: Mapping[str, Any], language: str) -> str:
    unit = column["unit"]
    return f" ({unit_words(unit).of(language)})" if unit and unit not in ("1", column["title"]["en"]) else ""


def _cell(value: Any, column: Mapping[str, Any], language: str) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, Mapping):
        return _say(value, language)
    if isinstance(value, float) and column["decimals"] is not None:
        return f"{value:z.{column['decimals']}f}".replace("-", "−")
    return str(value)


def _is_number(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [row.get(name) for row in rows if row.get(name) not in (None, "")]
    return bool(values) and all(isinstance(value, int | float) for value in values)


def _titles(method: str, language: str) -> dict[str, str]:
    """What the parameters are called; programs know them by their names, which English keeps."""
    known = method in method_ids() and language != "en"
    return {one.name: one.title.of(language) for one in find_method(method).parameters} if known else {}


def _provenance(answer: Mapping[str, Any], words: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    facts = [(words["method"], f"{answer['method']} {answer['version']}"), (words["made_by"], f"Liqi {__version__}")]
    for one in answer["inputs"]:
        name = PurePath(one["path"]).name
        facts.append((words["file"], f"{name} · SHA-256 {one['sha256']} · {one['size']:,} B"))
    library = answer.get("detail", {}).get("library")
    if library:
        counts = ", ".join(words[key].format(n=f"{library[key]:,}") for key in ("spectra", "compounds"))
        facts.append((words["library"], f"{library['name']} ({counts})"))
    titles = _titles(answer["method"], language)
    for name, value in answer["parameters"].items():
        several = [words["default"]] if value is None else value if isinstance(value, list) else [value]
        shown = [PurePath(str(one)).name if "/" in str(one) else str(one) for one in several]
        facts.append((f"{words['parameters']}: {titles.get(name, name)}", ", ".join(shown)))
    facts.append((words["seconds"], f"{answer['seconds']:.2f}"))
    return facts
