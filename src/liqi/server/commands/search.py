"""Search from the command line: `search`, `generate`, `reindex`, `misses`."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from django.db.models import Max, Sum

from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import prepare

MISSES_DAYS = 30
LISTS = {
    "kind": ("KIND", "instrument, facility, institution or service."),
    "class": ("CLASS", "Class code or name; its classes below count too."),
    "place": ("PLACE", "Country, province or city: code or name."),
    "maker": ("MAKER", "Maker by any of its names."),
    "origin": ("COUNTRY", "Where the brand comes from."),
    "made-in": ("COUNTRY", "Where it was made."),
    "technique": ("TECHNIQUE", "Key, name or abbreviation of a technique."),
    "value": ("BAND", "Band of value in CNY, such as 500000-2000000."),
    "year": ("YEAR", "Year in which it was built, else acquired."),
    "status": ("STATUS", "working, down, restricted, retired, operating ..."),
    "owner": ("KIND", "Kind of institution: education, company, healthcare ..."),
    "facility": ("KIND", "Kind of facility that it is, or stands in."),
    "stage": ("STAGE", "Stage of the chain that its facility serves."),
    "source": ("NAME", "Source that the record came from."),
}
"""Options that may be given several times, as the address of the search page has them."""
SINGLE = {
    "min-value": ("CNY", "At least this value."),
    "max-value": ("CNY", "At most this value."),
    "from-year": ("YEAR", "Built in this year or later."),
    "to-year": ("YEAR", "Built in this year or earlier."),
    "near": ("PLACE", "A city, a division or LATITUDE,LONGITUDE."),
    "within-km": ("KM", "How far from there; 50 unless said."),
}


def _parameter(name: str) -> str:
    return f"asked_{name.replace('-', '_')}"


def filter_options(command: Any) -> Any:
    """The command takes every filter of the search page as an option."""
    for name, (metavar, words) in reversed([*LISTS.items()]):
        command = click.option(f"--{name}", _parameter(name), multiple=True, metavar=metavar, help=words)(command)
    for name, (metavar, words) in reversed([*SINGLE.items()]):
        command = click.option(f"--{name}", _parameter(name), metavar=metavar, help=words)(command)
    return click.option(
        "--capability",
        "capability",
        multiple=True,
        metavar="RANGE",
        help='What it must be able to do, such as "mass_resolution>=140000" or "smallest feature <= 2 um".',
    )(command)


@click.command()
@click.argument("text")
@filter_options
@click.option("--shared/--not-shared", default=None, help="Only what is open to others, or only what is not.")
@click.option("--bookable/--not-bookable", default=None, help="Only what can be booked here, or only what cannot.")
@click.option("--sort", type=click.Choice(["relevance", "newest", "value", "name", "nearest"]), default="relevance")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 1000))
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0, 10_000))
@click.option("--language", default="zh-hans", show_default=True, type=click.Choice(["zh-hans", "zh-hant", "en"]))
@data_option
@json_option
def search(
    text: str,
    capability: tuple[str, ...],
    shared: bool | None,
    bookable: bool | None,
    sort: str,
    limit: int,
    offset: int,
    language: str,
    data: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Find records by TEXT in 简体, 繁體 or English, with counts of every facet."""
    prepare(data)
    from liqi.catalogue import search as catalogue

    catalogue.apply_changes()
    flags = (("shared", shared), ("bookable", bookable))
    filters = catalogue.filters(
        {
            **{name: asked[_parameter(name)] for name in LISTS},
            **{name: [asked[_parameter(name)] or ""] for name in SINGLE},
            "km": [asked["asked_within_km"] or ""],
            "cap": capability,
            **{name: [str(int(flag))] for name, flag in flags if flag is not None},
        }
    )
    order: Any = sort
    found = catalogue.find(text, filters, limit=limit, offset=offset, language=language, sort=order)
    if as_json:
        show(catalogue.as_json(found))
        return
    click.echo(f"{found.total} found in {found.took_ms} ms{', read loosely' if found.loosely else ''}")
    for other, total in found.meant:
        click.echo(f"  did you mean {other} ({total})?")
    for hit in found.hits:
        mark = " [synthetic]" if hit.synthetic else ""
        far = f" | {hit.km:g} km" if hit.km is not None else ""
        click.echo(f"  {hit.kind:11} {hit.key:24} {hit.name} {hit.model} | {hit.institution} | {hit.place}{far}{mark}")


@click.command()
@click.option("--instruments", type=click.IntRange(1, 10_000_000), help="How many.")
@click.option(
    "--national",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SCALE",
    help="Instead: the national set made to published margins; 1 is 160 000 instruments.",
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="The same seed makes the same ones.")
@data_option
@json_option
def generate(instruments: int | None, national: float | None, seed: int, data: Path | None, as_json: bool) -> None:
    """Add synthetic instruments, marked as such, and build the search index."""
    if (instruments is None) == (national is None):
        raise click.UsageError(
            "found neither or both of --instruments and --national; expected one of them; say --instruments 5000, or "
            "--national 1 for the national set."
        )
    prepare(data)
    from liqi.catalogue import generate as generator
    from liqi.catalogue import search as catalogue

    now = datetime.now(UTC)
    if national is not None:
        from liqi.catalogue import national_set

        made = national_set.make(scale=national, seed=seed, now=now, report=_told)
    else:
        assert instruments is not None
        made = generator.generate(instruments=instruments, seed=seed, now=now, report=_told)
    made["indexed"] = catalogue.rebuild()
    if as_json:
        show(made)
        return
    click.echo(f"made {made['instruments']} in {made['seconds']} s")


def _told(done: int) -> None:
    click.echo(f"liqi: {done} made", err=True)


@click.command()
@data_option
@json_option
def reindex(data: Path | None, as_json: bool) -> None:
    """Build the search index anew from the database."""
    prepare(data)
    from liqi.catalogue import search as catalogue

    count = catalogue.rebuild()
    if as_json:
        show({"indexed": count})
        return
    click.echo(f"indexed {count} records")


@click.command()
@click.option("--days", default=MISSES_DAYS, show_default=True, type=click.IntRange(1, 3650), help="How far back.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@data_option
@json_option
def misses(days: int, limit: int, data: Path | None, as_json: bool) -> None:
    """List the questions that nothing answered, most asked first: demand that the catalogue does not meet."""
    prepare(data)
    from liqi.catalogue import misses as unmet

    since: date = datetime.now(UTC).date() - timedelta(days=days)
    rows = (
        unmet.read(since=since)
        .order_by()
        .values("where", "text", "filters")
        .annotate(total=Sum("count"), last=Max("day"))
        .order_by("-total", "-last", "text")[:limit]
    )
    if as_json:
        show({"since": str(since), "misses": [{**row, "last": str(row["last"])} for row in rows]})
        return
    for row in rows:
        click.echo(f"{row['total']:6}  {row['text']}  {row['filters']}  ({row['where']}, last {row['last']})")


COMMANDS = [search, generate, reindex, misses]
