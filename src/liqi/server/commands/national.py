"""Reporting to the national platform from the command line: `liqi national ...`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from liqi.server.commands._national import (
    chosen,
    data_option,
    institution_option,
    json_option,
    now,
    policy_option,
    show,
    speak,
    year_option,
    year_or_now,
)
from liqi.server.setup import prepare

if TYPE_CHECKING:
    pass

SHOWN = 20


@click.group()
def national() -> None:
    """Report to the Chinese national network platform."""


@national.command()
@institution_option
@year_option
@policy_option
@data_option
@json_option
def check(keys: tuple[str, ...], year: int | None, policy: str, data: Path | None, as_json: bool) -> None:
    """Apply the platform's rules to everything that would be sent; nothing is written."""
    prepare(data)
    speak()
    from liqi.catalogue.national import preflight

    reports = [preflight.check(one, year_or_now(year), now=now(), policy=policy) for one in chosen(keys)]
    totals = {name: sum(one.counts[name] for one in reports) for name in ("records", "ready", "held", "problems")}
    if as_json:
        show(
            {
                **totals,
                "year": year_or_now(year),
                "institutions": [
                    {"institution": one.institution.key, **one.counts, "kinds": one.by_record(),
                     "codes": one.by_code()} for one in reports
                ],
                "problems": [
                    {"institution": one.institution.key, **problem.as_json()}
                    for one in reports for problem in one.problems
                ],
            }
        )  # fmt: skip
        return
    click.echo(f"{totals['records']} records: {totals['ready']} can be sent, {totals['held']} are held back")
    problems = [problem for one in reports for problem in one.problems]
    for problem in problems[:SHOWN]:
        mark = "holds" if problem.fatal else "note"
        click.echo(
            f"  {mark} {problem.record} {problem.number} {problem.field} ({problem.label}): found "
            f"{problem.found or 'nothing'}; expected {problem.expected}; {problem.do}.",
            err=True,
        )
    if (more := len(problems) - SHOWN) > 0:
        click.echo(f"  and {more} more; --json lists them all", err=True)


@national.command(name="records")
@institution_option
@year_option
@data_option
@json_option
def service_records(keys: tuple[str, ...], year: int | None, data: Path | None, as_json: bool) -> None:
    """Make the year's service records from metered sessions; making them again changes nothing."""
    prepare(data)
    speak()
    from liqi.access import service_record

    found = []
    for one in chosen(keys):
        counts = service_record.record_year(one, year_or_now(year), now=now())
        figures = service_record.institution_year(one, year_or_now(year))
        found.append(
            {
                "institution": one.key,
                **counts,
                "figures": [
                    {"key": f.key, "value": f.text or None, "unit": f.unit, "rows": f.rows, "missing": f.missing,
                     "formula": f.formula} for f in figures.values()
                ],
            }
        )  # fmt: skip
    if as_json:
        show({"year": year_or_now(year), "institutions": found})
        return
    for row in found:
        click.echo(
            f"{row['institution']}: {row['created']} made, {row['updated']} changed, {row['unchanged']} the same"
        )


@national.command(name="queue")
@institution_option
@year_option
@policy_option
@click.option("--submit", is_flag=True, help="Submit for good: the platform locks what it takes.")
@data_option
@json_option
def enqueue(
    keys: tuple[str, ...], year: int | None, policy: str, submit: bool, data: Path | None, as_json: bool
) -> None:
    """Put everything in the queue as it stands now; what the check finds fault with is held."""
    prepare(data)
    speak()
    from liqi.catalogue.national import queue

    found = []
    for one in chosen(keys):
        counts = queue.enqueue(one, year_or_now(year), now=now(), policy=policy, submit=submit)
        found.append({"institution": one.key, **counts})
    if as_json:
        show({"year": year_or_now(year), "submit": submit, "institutions": found})
        return
    for row in found:
        click.echo(", ".join(f"{name} {value}" for name, value in row.items()))


@national.command(name="push")
@institution_option
@click.option("--limit", type=click.IntRange(1), help="At most so many records.")
@click.option("--again", is_flag=True, help="Also what was refused or failed before.")
@data_option
@json_option
def push_records(keys: tuple[str, ...], limit: int | None, again: bool, data: Path | None, as_json: bool) -> None:
    """Send what waits, record by record, in the platform's order; LIQI_NATIONAL_URL names the platform."""
    prepare(data)
    speak()
    from liqi.catalogue.models import Push, PushState
    from liqi.catalogue.national import client, queue, run

    to = client.configured()
    found = []
    for one in chosen(keys):
        if again:
            refused = Push.objects.filter(institution=one, state__in=[PushState.REJECTED, PushState.FAILED])
            queue.send_again(refused, now=now())
        outcome = run.push_now(one, to, clock=now, limit=limit)
        found.append({"institution": one.key, **outcome.as_json()})
        if outcome.stopped:
            click.echo(f"liqi: {one.key}: {outcome.stopped}", err=True)
    if as_json:
        show({"institutions": found})
        return
    for row in found:
        click.echo(", ".join(f"{name} {value}" for name, value in row.items() if name != "stopped"))


@national.command()
@institution_option
@data_option
@json_option
def status(keys: tuple[str, ...], data: Path | None, as_json: bool) -> None:
    """Where each record stands, and what the platform said to those it did not take."""
    prepare(data)
    speak()
    from liqi.catalogue.national import queue

    found = [{"institution": one.key, **queue.status(one)} for one in chosen(keys)]
    if as_json:
        show({"institutions": found})
        return
    for row in found:
        states = ", ".join(f"{count} {state}" for state, count in row["states"].items() if count)
        click.echo(f"{row['institution']}: {row['total']} records{': ' if states else ''}{states}")
        for one in row["refused"][:SHOWN]:
            click.echo(f"  {one['record']} {one['id']}: {one['code']} {one['message']}", err=True)


@national.command(name="read-back")
@institution_option
@data_option
@json_option
def read_back(keys: tuple[str, ...], data: Path | None, as_json: bool) -> None:
    """Ask the platform which submitted records it has rejected, so that they can be mended and sent again."""
    prepare(data)
    speak()
    from liqi.catalogue.national import client, push

    to = client.configured()
    found = [{"institution": one.key, **push.read_back(one, to, now=now())} for one in chosen(keys)]
    if as_json:
        show({"institutions": found})
        return
    for row in found:
        click.echo(f"{row['institution']}: {row['rejected']} of {row['looked']} submitted records were rejected")


@national.command(name="export")
@institution_option
@year_option
@policy_option
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write to.")
@data_option
@json_option
def export_files(
    keys: tuple[str, ...], year: int | None, policy: str, out: Path, data: Path | None, as_json: bool
) -> None:
    """Write the four forms and all seven kinds of payloads, with the contacts that the platform asks for."""
    prepare(data)
    speak()
    from liqi.catalogue.national import files

    written = []
    for one in chosen(keys):
        folder = out / one.key
        folder.mkdir(parents=True, exist_ok=True)
        written += files.write(one, year_or_now(year), folder, now=now(), policy=policy)
    if as_json:
        show({"written": len(written), "files": [str(path.relative_to(out)) for path in written]})
        return
    for path in written:
        click.echo(path)


@national.command(name="stand-in")
@click.option("--port", default=8930, show_default=True, type=click.IntRange(0, 65535))
@click.option("--ins-code", "codes", multiple=True, metavar="CODE", help="Codes that are known; else those on record.")
@click.option("--token", default="", help="The token that is asked for; none if not given.")
@click.option("--unsteady", default=0.0, show_default=True, type=click.FloatRange(0, 1), help="Share of 301 answers.")
@data_option
def stand_in(port: int, codes: tuple[str, ...], token: str, unsteady: float, data: Path | None) -> None:
    """Answer as the platform does, on this machine, keeping nothing: to try the whole way."""
    prepare(data)
    speak()
    from liqi.catalogue.national.stand_in import Platform, Server

    known = set(codes) or {one.national_code for one in chosen(())}
    try:
        server = Server(Platform(known, token=token, unsteady=unsteady), port)
    except OSError as problem:
        raise click.UsageError(
            f"port {port} cannot be opened ({problem.strerror}); choose another with --port."
        ) from None
    with server:
        click.echo(f"export LIQI_NATIONAL_URL={server.address}   (codes {', '.join(sorted(known))}; Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


COMMANDS = [national]
