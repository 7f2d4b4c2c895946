"""What people said of a computed answer, as tables of its report: edits with their reasons, and who signed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from liqi.answers.report._shown import Shown
from liqi.answers.report._words import KINDS, PEOPLE


def said_by_people(answer: Mapping[str, Any], people: Mapping[str, Any] | None, language: str) -> list[Shown]:
    """Return the tables; none where nobody said anything."""
    words = {name: text.of(language) for name, text in PEOPLE.items()}
    people = people or {}
    tables = []
    if people.get("signature"):
        tables.append(_signatures(people["signature"], words))
    if people.get("amendments"):
        tables.append(_edits(answer, people["amendments"], words, language))
    return tables


def _signatures(one: Mapping[str, Any], words: Mapping[str, str]) -> Shown:
    rows = [[words["signed"], one["author"], _moment(one["signed_at"])]]
    if one["countersigner"]:
        rows.append([words["countersigned"], one["countersigner"], _moment(one["countersigned_at"])])
    else:
        rows.append([words["waits"], one["asked"], "–"])
    rows.append([words["content"], f"SHA-256 {one['content_sha256']}", ""])
    return Shown(words["signatures"], ["", words["person"], words["when"]], rows, [False] * 3, "")


def _edits(answer: Mapping[str, Any], edits: list[Mapping[str, Any]], words: Mapping[str, str], language: str) -> Shown:
    computed = {one["feature"]: str(one["name"]) for one in answer["findings"] if one.get("feature") is not None}
    rows = []
    for one in edits:
        kind = KINDS[one["kind"]].of(language)
        said = f"{kind}: {one['name']}" if one["name"] else kind
        name = computed.get(one["feature"], words["unknown"])
        rows.append([str(one["feature"]), name, said, one["reason"], one["person"], _moment(one["at"])])
    head = [words[name] for name in ("feature", "computed", "edit", "reason", "person", "when")]
    return Shown(words["edits"], head, rows, [True, False, False, False, False, False], "")


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
