"""Rules as data: `policy check`, `ask`, `stack`, `levers`, `simulate` and `prove`."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from liqi import policy

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
@as_json_option
def check(subject: Path, on: datetime | None, place: str | None, language: str, as_json: bool) -> None:
    """Hold the subject in a JSON file against every rule: yes, no, or cannot tell."""
    answer = policy.check(_subject(subject), on=_day(on), place=place, language=language)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for rule in answer["rules"]:
        amount = "" if rule["amount_cny"] is None else f", {_said(rule['amount_cny'])} CNY"
        missing = f", missing: {', '.join(rule['missing'])}" if rule["missing"] else ""
        click.echo(f"{rule['result']:<12}{rule['id']}: {rule['title']}{amount}{missing}")


@rules.command()
@click.argument("rule")
@click.argument("subject", type=click.Path(path_type=Path))
@on_option
@language_option
@as_json_option
def ask(rule: str, subject: Path, on: datetime | None, language: str, as_json: bool) -> None:
    """Ask one rule, with everything that it answers: amount in its own unit, parts, ways out, order, trace."""
    answer = policy.whole(policy.judge(_rule(rule), _subject(subject), on=_day(on), language=language))
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
@as_json_option
def stack(stack: str, subject: Path, on: datetime | None, language: str, as_json: bool) -> None:
    """What several rules pay together for one need, nothing twice."""
    if stack not in policy.stacks():
        raise click.UsageError(f"found stack {stack!r}; expected one of {', '.join(policy.stacks())}; choose one.")
    answer = policy.combine(policy.stacks()[stack], _subject(subject), on=_day(on)).as_json(language)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(f"{answer['result']}: {answer['title']}, {_said(answer['total'])} of {_said(answer['need'])} CNY")
    for claim in answer["claims"]:  # type: ignore[attr-defined]
        click.echo(f"  {claim['id']}: asked {_said(claim['asked'])}, paid {_said(claim['paid'])}")


@rules.command()
@click.argument("rule")
@language_option
@as_json_option
def levers(rule: str, language: str, as_json: bool) -> None:
    """The numbers of a rule that `simulate --set` can set otherwise."""
    found = policy.levers(_rule(rule), language)
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
@as_json_option
def simulate(
    rule: str, firms: Path, changes: tuple[str, ...], years: int, on: datetime | None, language: str, as_json: bool
) -> None:
    """Set numbers of a rule otherwise and see over a set of firms what it costs, who wins and who loses."""
    asked = _rule(rule)
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


def _rule(name: str) -> policy.Rule:
    if name not in policy.rules():
        raise click.UsageError(f"found rule {name!r}; expected an id such as loan.2026; see liqi policy check.")
    return policy.rules()[name]


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
        found = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal, parse_int=Decimal)
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


COMMANDS = [rules]
