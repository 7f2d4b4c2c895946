"""From file to answer: `identify`, `methods`, `answer`; none of them needs a server or a database."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path)
LANGUAGES = ["zh-Hans", "zh-Hant", "en"]
as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
report_option = click.option("--report", type=FILE, metavar="OUT", help="Write a report too: OUT.pdf or OUT.html.")
language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES, case_sensitive=False),
    default="en",
    show_default=True,
    help="Language of the report, and of the words in a CSV.",
)


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--library", type=FILE, help="A spectral library; without it the small one that ships with Liqi.")
@click.option("--precursor-tolerance", default="10 ppm", show_default=True, help="Such as '10 ppm' or '0.5 Da'.")
@click.option("--fragment-tolerance", default="0.02 Da", show_default=True, help="Such as '0.02 Da'.")
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True, help="Candidates listed.")
@click.option(
    "--unknown-share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.25,
    show_default=True,
    help="Share of compounds that the library is expected to lack.",
)
@report_option
@language_option
@as_json_option
def identify(
    files: tuple[Path, ...],
    library: Path | None,
    precursor_tolerance: str,
    fragment_tolerance: str,
    top: int,
    unknown_share: float,
    report: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Say which compounds are in mass-spectrometry files.

    Read are mzML, mzXML, imzML, ANDI (.cdf), JCAMP-DX, MGF, MSP, MassBank text and lists of peaks, packed or not.
    What is whole of a damaged file is answered; a note says what could not be read.
    """
    check_ending(report)
    if report is None:
        from liqi.methods.mass_spectrometry import identify as look

        facts = look(files, library, precursor_tolerance, fragment_tolerance, top, progress(), unknown_share)
    else:
        from liqi.methods import find_method

        given: dict[str, object] = {"library": library, "precursor_tolerance": precursor_tolerance}
        given |= {"fragment_tolerance": fragment_tolerance, "top": top, "unknown_share": unknown_share}
        answer = find_method("ms.identify").run(files, given, progress())
        write_report(answer, report, language)
        told = ("features", "library", "problems")
        facts = {name: answer.detail[name] for name in told if name in answer.detail} | {"seconds": answer.seconds}
    for problem in facts.get("problems", ()):
        click.echo(f"note: {problem}", err=True)
    if as_json:
        print_json(facts)
    else:
        print_features(facts)


@click.command()
@as_json_option
def methods(as_json: bool) -> None:
    """List the methods that `liqi answer` can run."""
    from liqi.methods import list_methods

    listed = list_methods()
    if as_json:
        print_json(listed)
        return
    for method in listed:
        title: Any = method["title"]
        accepts: Any = method["accepts"]
        click.echo(f"{method['id']}  {title['en']} · {title['zh-Hans']}")
        click.echo(f"    reads {', '.join(accepts)}; technique {method['technique']}")
        parameters: Any = method["parameters"]
        for parameter in parameters:
            default = "none" if parameter["default"] is None else parameter["default"]
            click.echo(f"    --set {parameter['name']}={default}  {parameter['title']['en']}")


@click.command()
@click.argument("method")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter; may be given again.")
@report_option
@click.option(
    "--export",
    "exports",
    multiple=True,
    metavar="FORMAT=OUT",
    help="Write the answer in a format too: mztab, mzspeclib, mzqc, mrc, star or csv; repeatable.",
)
@language_option
@as_json_option
def answer(
    method: str,
    files: tuple[Path, ...],
    settings: tuple[str, ...],
    report: Path | None,
    exports: tuple[str, ...],
    language: str,
    as_json: bool,
) -> None:
    """Run METHOD (see `liqi methods`) on files."""
    from liqi.methods import find_method

    check_ending(report)
    wanted = wanted_exports(exports)
    made = find_method(method).run(files, gathered(settings), progress())
    if report is not None:
        write_report(made, report, language)
    for form, out in wanted:
        write_export(made, form, out, language)
    if as_json:
        print_json(made.as_json())
        return
    click.echo(made.sentence.en)
    for table in filter(lambda table: table.rows, made.tables):
        click.echo(f"\n{table.title.en}")
        rows = [[cell(row.get(column.name), column.decimals) for column in table.columns] for row in table.rows]
        print_table([column.title.en for column in table.columns], rows)
    for notice in made.warnings:
        click.echo(f"note: {notice.text.en}", err=True)


def gathered(settings: Sequence[str]) -> dict[str, object]:
    """The parameters of all --set; one that is given again has the list of its values."""
    given: dict[str, list[str]] = {}
    for name, value in map(split, settings):
        given.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in given.items()}


def split(setting: str) -> tuple[str, str]:
    """The name and value of one --set."""
    name, sign, value = setting.partition("=")
    if not sign or not name:
        raise click.UsageError(f"found --set {setting!r}, expected key=value; write it as --set top=3.")
    return name.strip(), value.strip()


def check_ending(report: Path | None) -> None:
    """Refuse a report name before any work is done."""
    if report is not None and report.suffix.lower() not in (".pdf", ".html"):
        raise click.UsageError(f"found --report {report}, expected a name that ends in .pdf or .html; change it.")


def write_report(made: Any, path: Path, language: str) -> None:
    """Write the report and say where it is, on stderr."""
    from liqi.answers.report import write

    write(made, path, language)
    click.echo(f"report written to {path}", err=True)


def wanted_exports(exports: Sequence[str]) -> list[tuple[str, Path]]:
    """The format and the file of each --export, known before any work is done."""
    from liqi.methods.exports import EXPORTS

    wanted = []
    for given in exports:
        form, _, out = given.partition("=")
        if form not in EXPORTS or not out:
            expected = f"FORMAT=OUT with a format of {', '.join(EXPORTS)}"
            raise click.UsageError(
                f"found --export {given}, expected {expected}; write it as --export mztab=out.mztab."
            )
        wanted.append((form, Path(out)))
    return wanted


def write_export(made: Any, form: str, path: Path, language: str) -> None:
    """Write the answer in a format and say where it is, on stderr."""
    from liqi.methods.exports import NotExportable
    from liqi.methods.exports import write_export as written

    try:
        content = written(made, form, now=datetime.now(UTC), language=language)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    except NotExportable as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise click.UsageError(f"found {path}: {reason}, expected a file that can be written; change it.") from None
    click.echo(f"{form} written to {path}", err=True)


def progress() -> Callable[[int, int, str], None]:
    """Return what tells progress: a line on a terminal's stderr, nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda done, total, step: None

    def tell(done: int, total: int, step: str) -> None:
        click.echo(f"\r{step} {done} of {total or '?'}   ", nl=done == total, err=True)

    return tell


def print_json(facts: Any) -> None:
    """Print one JSON document."""
    from liqi.methods import document

    click.echo(document(facts))


def print_features(facts: dict[str, Any]) -> None:
    """Print the features as a table, and how many of each verdict."""
    from liqi.methods.phrases import confidence_words

    features = facts["features"]
    rows = []
    for one in features:
        best = one["candidates"][0] if one["candidates"] else {}
        named = best.get("name", "") if one["verdict"] != "unknown" else ""
        instead = confidence_words(best)
        rows.append(
            [
                str(one["index"]),
                cell(one["precursor_mz"], 4),
                cell(one["retention_time_s"], 1),
                one["verdict"],
                instead.en if instead else cell(one["confidence"], 2),
                named,
                cell(best.get("entropy_similarity"), 2),
            ]
        )
    print_table(["no.", "m/z", "time (s)", "verdict", "confidence", "compound", "similarity"], rows)
    counts = {word: sum(one["verdict"] == word for one in features) for word in ("identified", "isomers", "unknown")}
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    searched = facts["library"]
    click.echo(f"{told}; against {searched['spectra']:,} spectra of {searched['compounds']:,} compounds.")


def cell(value: Any, decimals: int | None = None) -> str:
    """One cell of a table as text."""
    if value is None or value == "":
        return "-"
    if isinstance(value, dict):
        return str(value["en"])
    return f"{value:.{decimals}f}" if isinstance(value, float) and decimals is not None else str(value)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns that are as wide as they need, none over 48 letters."""
    widths = [min(48, max(len(row[i]) for row in [head, *rows])) for i in range(len(head))]
    for row in [head, *rows]:
        words = (word[:width].ljust(width) for word, width in zip(row, widths, strict=True))
        click.echo("  ".join(words).rstrip())


COMMANDS = [identify, methods, answer]
