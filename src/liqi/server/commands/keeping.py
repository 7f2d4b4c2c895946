"""What keeps the records safe: `backup`, `restore`, `doctor`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import load, prepare

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace FILE where it is there already, once the new one is whole.")
@data_option
@json_option
def backup(file: Path, force: bool, data: Path | None, as_json: bool) -> None:
    """Write everything that is kept into FILE: the database, the stored files, and what else lies in the data folder.

    Liqi may go on running meanwhile. FILE holds personal data and the secret that signs: keep it as safe as the data.
    """
    _require_folder(file)
    prepare(data)
    from liqi.server.backup import write

    facts = write(file, force=force, now=datetime.now(UTC))
    _warn(facts)
    if as_json:
        show(facts)
        return
    click.echo(f"{file}: {facts['bytes']:,} bytes, SHA-256 {facts['sha256']}")
    _tell(facts)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace a database in use; the former one is kept aside.")
@data_option
@json_option
def restore(file: Path, force: bool, data: Path | None, as_json: bool) -> None:
    """Put back what `liqi backup` wrote into FILE, after every byte of it was checked; all of it or nothing.

    Stop Liqi first. A database in use is not replaced without --force.
    """
    load(data)
    from liqi.server.backup import restore as put_back

    facts = put_back(file, force=force, now=datetime.now(UTC))
    _warn(facts)
    if as_json:
        show(facts)
        return
    click.echo(f"{facts['verified']:,} entries of {file} checked and put back, as of {facts['made_at']}")
    _tell(facts)
    if facts["kept_aside"]:
        click.echo(f"the former database is {facts['kept_aside']}")


@click.command()
@click.option("--quick", is_flag=True, help="Look for files, but do not read every byte of them again.")
@click.option(
    "--sweep",
    is_flag=True,
    help="Remove stored bytes, evidence, certificates and pictures that no record has named for a day.",
)
@data_option
@json_option
def doctor(quick: bool, sweep: bool, data: Path | None, as_json: bool) -> None:
    """Check the database, the stored files against their hashes, and the room on the disk.

    Exit code 0 where all is well, 2 where something is damaged or missing; nothing is changed without --sweep.
    """
    prepare(data)
    from liqi.server import health

    facts = health.examine(now=datetime.now(UTC), quick=quick, sweep=sweep, tell=_progress())
    if as_json:
        show(facts)
    else:
        _show_health(facts)
    for problem in facts["problems"]:
        click.echo(f"liqi: {problem}", err=True)
    sys.exit(0 if facts["ok"] else 2)


def _require_folder(file: Path) -> None:
    if not file.absolute().parent.is_dir():
        raise click.UsageError(
            f"found no folder {file.absolute().parent}, expected one for {file.name}; make it first."
        )


def _tell(facts: dict[str, Any]) -> None:
    database, files, data = facts["database"], facts["files"], facts["data"]
    click.echo(f"database ({database['kind']}): {database['bytes']:,} bytes, SHA-256 {database['sha256']}")
    click.echo("  " + ", ".join(f"{count:,} {name}" for name, count in database["rows"].items()))
    click.echo(f"stored files: {files['count']:,} with {files['bytes']:,} bytes")
    click.echo(f"other files: {data['count']:,} with {data['bytes']:,} bytes")


def _warn(facts: dict[str, Any]) -> None:
    for what in ("missing", "damaged"):
        if found := facts[what]:
            click.echo(
                f"note: {len(found)} stored files are {what}, the first {found[0]}; see `liqi doctor`.", err=True
            )


def _progress() -> Any:
    if not sys.stderr.isatty():
        return lambda done, total: None
    return lambda done, total: click.echo(f"\r{done:,} of {total:,} files   ", nl=done == total, err=True)


def _show_health(facts: dict[str, Any]) -> None:
    database, files, disk = facts["database"], facts["files"], facts["disk"]
    click.echo(f"database ({database['kind']}): {'whole' if not database['problems'] else 'DAMAGED'}")
    click.echo("  " + ", ".join(f"{count:,} {name}" for name, count in database["rows"].items()))
    click.echo(
        f"stored files: {files['there']:,} with {files['bytes']:,} bytes, {files['read']:,} read again, "
        f"{len(files['damaged']):,} damaged, {len(files['missing']):,} missing"
    )
    click.echo(
        f"bytes without a record: {files['without_record']['count']:,} with {files['without_record']['bytes']:,} bytes"
        f" ({files['swept']:,} removed now); drafts: {files['drafts']['count']:,}"
    )
    other = facts["other_files"]
    click.echo(
        f"evidence, certificates, pictures: {len(other['damaged']):,} damaged, {other['without_record']['count']:,} "
        f"without a record with {other['without_record']['bytes']:,} bytes ({other['swept']:,} removed now)"
    )
    click.echo(f"disk: {disk['free_bytes']:,} bytes free")
    click.echo("all is well" if facts["ok"] else f"{len(facts['problems'])} problems")


COMMANDS = [backup, restore, doctor]
