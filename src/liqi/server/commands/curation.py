"""Records kept clean from the command line: `classify`, `duplicates`, `check-links`."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from liqi import __version__
from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import prepare

PAUSE_SECONDS = 2.0
"""Between two questions to the same machine."""
TIMEOUT_SECONDS = 10.0


@click.command()
@click.argument("text", required=False)
@click.option("--model", default="", help="Model, beside the name.")
@click.option("--maker", default="", help="Maker, beside the name.")
@click.option("--limit", default=3, show_default=True, type=click.IntRange(2, 20))
@click.option("--language", default="zh-hans", show_default=True, type=click.Choice(["zh-hans", "zh-hant", "en"]))
@data_option
@json_option
def classify(
    text: str | None, model: str, maker: str, limit: int, language: str, data: Path | None, as_json: bool
) -> None:
    """Suggest classes for the instrument named TEXT; without TEXT for every record that has none. Sets nothing."""
    from liqi.taxonomy import suggest_class

    if text is not None:
        found = [_suggestion(one, language) for one in suggest_class(text, model, maker, limit=limit)]
        document: dict[str, Any] = {"name": text, "suggestions": found}
        if as_json:
            show(document)
        else:
            _tell(document)
        return
    prepare(data)
    from liqi.catalogue import class_suggestion
    from liqi.catalogue.models import Instrument

    rows = Instrument.objects.filter(class_code="").select_related("maker", "institution").order_by("name", "pk")
    records: list[dict[str, Any]] = []
    batches = iter(rows.iterator(chunk_size=500))
    while batch := list(islice(batches, 500)):
        for one in class_suggestion.suggest(batch):
            said = [_suggestion(suggestion, language) for suggestion in one.suggestions]
            records.append({"id": one.record.key, "name": one.record.name, "suggestions": said})
    if as_json:
        show({"unclassified": len(records), "records": records})
        return
    click.echo(f"{len(records)} instruments without a class")
    for record in records[:20]:
        _tell(record)


def _suggestion(one: Any, language: str) -> dict[str, Any]:
    why = [{"kind": reason.kind, "words": reason.words} for reason in one.why]
    return {"code": one.code, "label": one.label(language), "confidence": one.confidence, "why": why}


def _tell(document: dict[str, Any]) -> None:
    click.echo(document["name"])
    for one in document["suggestions"]:
        why = ", ".join(f"{reason['kind']} {reason['words']}" for reason in one["why"])
        click.echo(f"  {one['confidence']:.2f}  {one['code']} {one['label']}  ({why})")
    if not document["suggestions"]:
        click.echo("  its words do not tell")


@click.command()
@click.option("--find", is_flag=True, help="Look through all instruments first.")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(0), help="Pairs listed.")
@data_option
@json_option
def duplicates(find: bool, limit: int, data: Path | None, as_json: bool) -> None:
    """List pairs of records that may be one instrument; people decide on the page. Merges nothing."""
    prepare(data)
    from liqi.catalogue import duplicates as pairs
    from liqi.catalogue.models import Twins

    found = pairs.propose(now=datetime.now(UTC)) if find else None
    waiting = Twins.objects.filter(state="proposed", first__removed_at=None, second__removed_at=None)
    listed = [
        {"first": one.first.key, "second": one.second.key, "name": one.first.name, "reason": one.reason,
         "score": one.score}
        for one in waiting.select_related("first", "second")[:limit]
    ]  # fmt: skip
    count = waiting.count()
    if as_json:
        show({"found": asdict(found) if found else None, "waiting": count, "pairs": listed})
        return
    if found:
        click.echo(f"{found.new} new pairs, {found.withdrawn} no longer hold, {found.fleets} fleets left out")
    click.echo(f"{count} pairs wait")
    for one in listed[:20]:
        click.echo(f"  {one['score']:.2f}  {one['reason']:6}  {one['first']} = {one['second']}  {one['name']}")


@click.command(name="check-links")
@click.option(
    "--limit", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Addresses asked at most."
)
@click.option("--institution", default="", metavar="KEY", help="Only instruments of this institution.")
@data_option
@json_option
def check_links(limit: int, institution: str, data: Path | None, as_json: bool) -> None:
    """Ask the addresses in instruments' records whether they still lead somewhere: each once, slowly, headers alone."""
    prepare(data)
    from liqi.catalogue.models import Instrument

    rows = Instrument.objects.exclude(website="")
    if institution:
        rows = rows.filter(institution__key=institution)
    addresses = list(rows.order_by("website").values_list("website", flat=True).distinct()[:limit])
    dead: list[dict[str, Any]] = []
    last: dict[str, float] = {}
    for number, address in enumerate(addresses, start=1):
        machine = urlsplit(address).netloc
        wait = last.get(machine, 0.0) + PAUSE_SECONDS - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        if problem := problem_of(address):
            records = list(rows.filter(website=address).order_by("key").values_list("key", flat=True)[:20])
            dead.append({"address": address, "problem": problem, "records": records})
        last[machine] = time.monotonic()
        click.echo(f"liqi: {number} of {len(addresses)}", err=True)
    if as_json:
        show({"asked": len(addresses), "dead": dead})
        return
    click.echo(f"asked {len(addresses)} addresses, {len(dead)} lead nowhere")
    for one in dead:
        click.echo(f"  {one['problem']}  {one['address']}  ({', '.join(one['records'])})")


def problem_of(address: str) -> str:
    """Why the address leads nowhere, or nothing when it answers."""
    if urlsplit(address).scheme not in ("http", "https"):
        return "not an address of the web"
    asked = urllib.request.Request(address, method="HEAD", headers={"User-Agent": f"Liqi/{__version__} check-links"})
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS):
            return ""
    except urllib.error.HTTPError as problem:
        return "" if problem.code in (401, 403, 405, 429, 501) else f"HTTP {problem.code}"
    except (OSError, ValueError) as problem:
        return str(getattr(problem, "reason", problem))[:120]


COMMANDS = [classify, duplicates, check_links]
