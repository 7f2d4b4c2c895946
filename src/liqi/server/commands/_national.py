"""What the commands of `liqi national` share: their options, the institutions they mean, the year, the language."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from liqi.catalogue.models import Institution


data_option = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Where data is kept.")

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")

institution_option = click.option(
    "--institution", "keys", multiple=True, metavar="KEY", help="Key, code or name; else all with a national code."
)

year_option = click.option(
    "--year", type=click.IntRange(1990, 2100), help="The year that is reported; else the running one."
)

policy_option = click.option(
    "--empty", "policy", default="fill", show_default=True, type=click.Choice(["fill", "report"]),
    help="Where the platform refuses a blank: fill in 无, or report it as a problem.",
)  # fmt: skip


def show(document: Any) -> None:
    """The document is on stdout as JSON, in UTF-8 wherever the command runs."""
    sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def chosen(keys: tuple[str, ...]) -> "list[Institution]":
    """The institutions named by key, national code or name, or all that have a code; a usage error for none."""
    from django.db.models import Q

    from liqi.catalogue.models import Institution

    if not keys:
        found = list(Institution.objects.exclude(national_code="").order_by("key"))
        if not found:
            raise click.UsageError(
                "found no institution with a code of the national platform (insCode); name one with --institution KEY, "
                "and enter its code on its page."
            )
        return found
    found = []
    for key in keys:
        named = Institution.objects.filter(Q(key=key) | Q(national_code=key) | Q(name=key)).order_by("pk").first()
        if named is None:
            raise click.UsageError(
                f"found no institution {key!r}; expected the key in the address of its page, its national code or name."
            )
        found.append(named)
    return found


def year_or_now(year: int | None) -> int:
    """The year, or the running one on the platform's clock."""
    from liqi.catalogue.exchange.national.records import CLOCK

    return year or now().astimezone(CLOCK).year


def speak() -> None:
    """Sentences are in the language of the terminal: Chinese where LANG says so, else English."""
    from django.utils import translation

    tongue = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower()
    hant = tongue.startswith(("zh_tw", "zh_hk", "zh_mo"))
    translation.activate("zh-hant" if hant else "zh-hans" if tongue.startswith("zh") else "en")
