"""The JSON Schema of a rule's parameters, its titles in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise


def plain(said: Any) -> Any:
    """The same with every lazily translated word as text of the language in force."""
    if isinstance(said, Promise):
        return str(said)
    if isinstance(said, Mapping):
        return {key: plain(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [plain(value) for value in said]
    return said


def schema_of(parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The whole schema of these properties; all are needed, because each has its default."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": plain(parameters),
        "required": list(parameters),
        "additionalProperties": False,
    }
