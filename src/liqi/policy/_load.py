"""Loading: one TOML file a policy, checked whole before a rule of it can be asked."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from liqi.policy import _sound
from liqi.policy._rule import Amount, Case, Input, Outcome, Place, Requirement, Rule, Step
from liqi.policy._shape import BrokenRule, Misshapen, Table, number, short, wrong

_ID = re.compile(r"[\w.\-]{1,120}")
Named = TypeVar("Named", Input, Step)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule that is shipped, by id, in the order of place and name of the files."""
    folder = resources.files("liqi.policy") / "rules"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    loaded = [load(file) for file in files]
    if len({rule.id for rule in loaded}) != len(loaded):
        raise BrokenRule("found two rules with one id; expected an id a rule; rename one.")
    return {rule.id: rule for rule in loaded}


def load(file: Traversable) -> Rule:
    """The rule in this TOML file; a rule without worked cases is refused."""
    return from_toml(file.read_text(encoding="utf-8"), file.name)


def from_toml(text: str, name: str = "the text", *, draft: bool = False) -> Rule:
    """The rule that this TOML text describes; a draft may lack worked cases, and cannot be switched on."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise BrokenRule(
            f"{name}: found text that is not TOML ({problem}); expected a whole rule in TOML; mend it."
        ) from None
    return parse(raw, draft=draft, name=name)


def parse(raw: Mapping[str, Any], *, draft: bool = False, name: str = "") -> Rule:
    """The rule that these tables describe, with every name and node of it checked."""
    own = raw.get("id") if isinstance(raw, Mapping) else None
    named = name or (own if isinstance(own, str) else "the rule")
    try:
        rule = _parsed(Table(raw))
        _sound.check(rule, draft=draft)
    except Misshapen as problem:
        raise BrokenRule(f"{named}: {problem}; mend it.") from None
    except RecursionError:
        raise BrokenRule(
            f"{named}: found a tree that goes round in a circle or is hundreds of levels deep; expected a tree with "
            "leaves; take the circle out."
        ) from None
    return rule


def _parsed(raw: Table) -> Rule:
    if not _ID.fullmatch(raw.text("id")):
        raise wrong("id", short(raw.raw["id"]), "letters, digits, points and hyphens such as voucher.ours.2026")
    return Rule(
        id=raw.text("id"),
        kind=raw.text("kind"),
        title=raw.words("title"),
        place=Place(raw.table("place").text("code", ""), raw.words("place")),
        issuer=raw.text("issuer"),
        document=raw.text("document", ""),
        article=raw.text("article", ""),
        valid_from=raw.day("valid_from"),
        valid_to=raw.day("valid_to"),
        clause=raw.words("clause"),
        source=raw.text("source"),
        confidence=raw.text("confidence"),
        note=raw.text("note", ""),
        inputs=_once(_input(entry) for entry in raw.tables("input", needed=True)),
        condition=raw.raw.get("condition"),
        outcomes=tuple(
            Outcome(one.text("code"), one.text("result"), one.words("text"), one.raw.get("when"))  # type: ignore[arg-type]
            for one in raw.tables("outcome")
        ),
        amount=_amount(raw.table("amount")) if raw.has("amount") else None,
        parts={part.text("name"): _amount(part) for part in raw.tables("part")},
        requirements=tuple(Requirement(one.words("text"), one.raw.get("when")) for one in raw.tables("requirement")),
        reached=_reached(raw.table("reached")) if raw.has("reached") else None,
        order=_order(raw.table("order")) if raw.has("order") else None,
        steps=_once(_step(entry) for entry in raw.tables("step")),
        industry=raw.words("industry") if raw.has("industry") else None,
        cases=tuple(_case(entry) for entry in raw.tables("case")),
    )


def _once(entries: Iterable[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for entry in entries:
        if entry.name in found:
            raise wrong(entry.name, "the name twice", "a name of its own for each")
        found[entry.name] = entry
    return found


def _input(raw: Table) -> Input:
    options = raw.table("options") if raw.has("options") else Table({})
    return Input(
        name=raw.text("name"),
        kind=raw.text("kind"),
        unit=raw.text("unit", ""),
        label=raw.words("label"),
        question=raw.words("question"),
        options={code: options.words(code) for code in options.raw},
        default=raw.text("default", ""),
    )


def _step(raw: Table) -> Step:
    return Step(raw.text("name"), raw.text("unit", ""), raw.words("label"), raw.needed("of", "an expression"))


def _amount(raw: Table) -> Amount:
    return Amount(
        of=raw.needed("of", "an expression"),
        rate=raw.raw.get("rate"),
        tiers=tuple(_tier(tier) for tier in raw.tables("tiers")),
        cap=raw.raw.get("cap"),
        floor=raw.raw.get("floor"),
        step=raw.number("step"),
        unit=raw.text("unit", "CNY"),
        label=raw.words("label") if raw.has("label") else None,
        always=raw.yes("always"),
    )


def _tier(raw: Table) -> dict[str, Decimal]:
    if more := [name for name in raw.raw if name not in ("up_to", "rate")]:
        raise wrong(raw.at, repr(more[0]), "up_to and rate")
    raw.needed("rate", "a number")
    return {name: number(value, raw.field(name)) for name, value in raw.raw.items()}


def _reached(raw: Table) -> dict[str, Any]:
    raw.text("of")
    for name in ("thresholds", *(("awards",) if raw.has("awards") else ())):
        for value in raw.items(name):
            number(value, raw.field(name))
    return dict(raw.raw)


def _order(raw: Table) -> dict[str, Any]:
    raw.text("of")
    raw.items("by")
    return dict(raw.raw)


def _case(raw: Table) -> Case:
    subject = raw.table("subject").raw
    return Case(subject, {key: value for key, value in raw.raw.items() if key != "subject"})
