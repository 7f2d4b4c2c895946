"""Rules as data: `policy check`, `ask`, `stack`, `levers`, `simulate` and `prove`.

The rules that are asked are those in use where the data is kept; where nothing is kept yet, those that ship.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from platformdirs import user_data_path

from liqi import policy
from liqi.server.commands import _policy_remarks
from liqi.server.setup import load, prepare

data_option = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Where data, and rules of your own, are kept."
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
on_option = click.option(
    "--on", type=click.DateTime(formats=["%Y-%m-%d"]), help="The day of the question (else today)."
)
place_option = click.option(
    "--place", metavar="CODE", help="Where the subject sits: 310000, CN-SH or 上海 (else not asked)."
)
language_option = click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", help="The words of the answer."
)


@click.group(name="policy")
def rules() -> None:
    """Rules as data: who may get what, on which day, at which place."""


@rules.command()
@click.argument("subject", type=click.Path(path_type=Path))
@on_option
@place_option
@language_option
@data_option
@as_json_option
def check(
    subject: Path, on: datetime | None, place: str | None, language: str, data: Path | None, as_json: bool
) -> None:
    """Hold the subject in a JSON file against every rule: yes, no, or cannot tell."""
    known, day = _known(data), _day(on)
    said = _subject(subject)
    answer = policy.check(said, on=day, place=place, language=language, known=known)
    for remark in (*_policy_remarks.early(day, known), *_policy_remarks.misnamed(said, known)):
        click.echo(remark, err=True)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for line in _policy_remarks.lines(answer, language):
        click.echo(line)


@rules.command()
@click.argument("rule")
@click.argument("subject", type=click.Path(path_type=Path))
@on_option
@language_option
@data_option
@as_json_option
def ask(rule: str, subject: Path, on: datetime | None, language: str, data: Path | None, as_json: bool) -> None:
    """Ask one rule, with everything that it answers: amount in its own unit, parts, ways out, order, trace."""
    answer = policy.whole(policy.judge(_rule(rule, data), _subject(subject), on=_day(on), language=language))
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(f"{answer['result']}: {answer['title']}, {_said(answer['amount'])} {answer['unit']}".rstrip(", "))
    for line in answer["trace"]:  # type: ignore[attr-defined]
        click.echo(f"{'  ' * line['depth']}{line['check']}: {line['result']}  {line['found']}".rstrip())


@rules.command()
@click.argument("stack")
@click.argument("subject", type=click.Path(path_type=Path))
@on_option
@language_option
@data_option
@as_json_option
def stack(stack: str, subject: Path, on: datetime | None, language: str, data: Path | None, as_json: bool) -> None:
    """What several rules pay together for one need, nothing twice: STACK is an id, or a TOML file of your own."""
    known, day = _known(data), _day(on)
    if stack in policy.stacks():
        chosen = policy.stacks()[stack]
    elif (file := Path(stack)).suffix == ".toml":
        chosen = policy.stack_from_toml(_text(file), file.name, known)
        policy.prove_stack(chosen, on=day, known=known)
    else:
        raise click.UsageError(
            f"found stack {stack!r}; expected one of {', '.join(policy.stacks())}, or a TOML file; choose one."
        )
    answer = policy.combine(chosen, _subject(subject), on=day, known=known).as_json(language)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(f"{answer['result']}: {answer['title']}, {_said(answer['total'])} of {_said(answer['need'])} CNY")
    for claim in answer["claims"]:  # type: ignore[attr-defined]
        click.echo(f"  {claim['id']}: asked {_said(claim['asked'])}, paid {_said(claim['paid'])}")


@rules.command()
@click.argument("rule")
@language_option
@data_option
@as_json_option
def levers(rule: str, language: str, data: Path | None, as_json: bool) -> None:
    """The numbers of a rule that `simulate --set` can set otherwise."""
    found = policy.levers(_rule(rule, data), language)
    if as_json:
        click.echo(json.dumps([{"path": one.path, "value": str(one.value), "words": one.words} for one in found]))
        return
    for one in found:
        click.echo(f"{one.path} = {one.value:f}  ({one.words})")


@rules.command()
@click.argument("rule")
@click.option(
    "--firms", required=True, type=click.Path(path_type=Path), help="CSV: id, the rule's inputs, perhaps year."
)
@click.option(
    "--set", "changes", multiple=True, required=True, metavar="PATH=NUMBER", help="A number of the rule set otherwise."
)
@click.option("--years", type=click.IntRange(1, 20), default=3, show_default=True, help="Years replayed.")
@on_option
@language_option
@data_option
@as_json_option
def simulate(
    rule: str,
    firms: Path,
    changes: tuple[str, ...],
    years: int,
    on: datetime | None,
    language: str,
    data: Path | None,
    as_json: bool,
) -> None:
    """Set numbers of a rule otherwise and see over a set of firms what it costs, who wins and who loses."""
    asked = _rule(rule, data)
    if wrong := [pair for pair in changes if "=" not in pair]:
        raise click.UsageError(
            f"--set: found {wrong[0]!r}; expected PATH=NUMBER such as amount.cap=20000000; correct it."
        )
    pairs = {path.strip(): text for path, _, text in (pair.partition("=") for pair in changes)}
    read = policy.read_firms(_text(firms), asked)
    found = policy.simulate(asked, policy.settings(pairs, asked), read, on=_day(on), years=years)
    answer: Any = found.as_json(language)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for year in answer["years"]:
        before, after = year["before"], year["after"]
        click.echo(
            f"{year['year']}: {_said(before['cost'])} -> {_said(after['cost'])} {answer['unit']}, "
            f"yes {before['yes']} -> {after['yes']}, cannot tell {after['cannot tell']}"
        )
    for way in ("winners", "losers"):
        click.echo(f"{way}: {', '.join(one['id'] for one in answer[way]) or 'none'}")
    for problem in answer["problems"]:
        click.echo(problem, err=True)


@rules.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json_option
def prove(files: tuple[Path, ...], as_json: bool) -> None:
    """Check rules of your own in TOML files: each whole, with worked cases that come out."""
    proven = []
    for file in files:
        rule = policy.from_toml(_text(file), file.name)
        policy.prove(rule, day=_day(None))
        proven.append({"id": rule.id, "title": rule.title.en, "cases": len(rule.cases)})
    if as_json:
        click.echo(json.dumps(proven, ensure_ascii=False))
        return
    for one in proven:
        click.echo(f"{one['id']}: {one['cases']} worked cases come out")


def _known(data: Path | None) -> Mapping[str, policy.Rule]:
    """The rules in use where the data is kept; those that ship where nothing is kept.

    Without --data nothing is made or migrated for the question: a folder without rules of its own has none.
    """
    if data is not None:
        prepare(data)
    elif _is_kept():
        load()
    else:
        return policy.rules()
    from django.db import DatabaseError, connection

    from liqi.observatory import policies
    from liqi.observatory.models import PolicyRule

    try:
        kept = PolicyRule._meta.db_table in connection.introspection.table_names()
        return policies.in_use() if kept else policy.rules()
    except DatabaseError as problem:
        raise click.UsageError(
            f"found a database that cannot be asked which rules are on ({str(problem).strip()}); expected one that "
            "answers, of this version; start it, or name its folder with --data to bring it up to date."
        ) from None


def _is_kept() -> bool:
    """Whether there is a database already: without one nobody has switched a rule."""
    if os.environ.get("LIQI_DATABASE_URL"):
        return True
    return (Path(os.environ.get("LIQI_DATA") or user_data_path("liqi")) / "liqi.sqlite3").exists()


def _rule(name: str, data: Path | None) -> policy.Rule:
    known = _known(data)
    if name not in known:
        raise click.UsageError(
            f"found rule {name!r}; expected the id of one that is switched on, such as loan.2026; see liqi policy "
            "check."
        )
    return known[name]


def _day(on: datetime | None) -> date:
    return on.date() if on else datetime.now(tz=UTC).astimezone().date()


def _said(amount: Any) -> str:
    return "not known" if amount is None else f"{Decimal(str(amount)):,}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{path}: found text that is not UTF-8; expected UTF-8; save it so.") from None


def _subject(path: Path) -> dict[str, Any]:
    """The JSON object in this file, its numbers exact."""
    try:
        found = json.loads(
            path.read_text(encoding="utf-8-sig"), parse_float=Decimal, parse_int=Decimal, object_pairs_hook=_once
        )
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise click.UsageError(
            f"{path}: found text that is not JSON ({problem}); expected one JSON object; correct the file."
        ) from None
    if not isinstance(found, dict):
        raise click.UsageError(
            f'{path}: found a JSON {type(found).__name__}; expected one object such as {{"fee": 9000}}; '
            "write the names and values of the subject into it."
        )
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise click.UsageError(f"found the name {name!r} twice; expected every name once; take one of them out.")
        found[name] = value
    return found


COMMANDS = [rules]
