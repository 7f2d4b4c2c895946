"""A Handle record that carries PIDINST in typed values, as ePIC's registries keep it, to the JSON form.

The types are those of the PIDINST profile in the data type registry of ePIC (prefix 21.T11148).
"""

import json
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import UnreadableFile

PREFIX = "21.T11148/"
_TYPES = {
    "8eb858ee0b12e8e463a5": "identifier",
    "aa24da8ba845c23ea75c": "schemaVersion",
    "e0efc41346cda4ba84ca": "landingPage",
    "ab8d232261b9b60ba559": "name",
    "4eaec4bc0f1df68ab2a7": "owners",
    "1f3e82ddf0697a497432": "manufacturers",
    "c1a0ec5ad347427f25d6": "model",
    "f1627ce85386d8d75078": "description",
    "c60c8da7fff2ef4f98ce": "instrumentTypes",
    "72928b84e060d491ee41": "measuredVariables",
    "22c62082a4d2d9ae2602": "dates",
    "178fb558abc755ca7046": "relatedIdentifiers",
    "eb3c713572f681e6c4c3": "alternateIdentifiers",
}
_SINGLE = ("identifier", "model")
_TEXTS = ("schemaVersion", "landingPage", "name", "description")


def is_handle_record(found: Any) -> bool:
    """Whether it is a list of typed values, or the answer of a Handle server with such a list, of PIDINST's types."""
    return any(_property(value) for value in _values(found))


def document_of(found: Any) -> dict[str, Any]:
    """The PIDINST document that the values carry; raises UnreadableFile where a value is not what its type says."""
    made: dict[str, Any] = {}
    for value in _values(found):
        if name := _property(value):
            made[name] = _content(name, _text(value))
    return made


def _values(found: Any) -> list[Any]:
    listed = found.get("values") if isinstance(found, dict) else found
    return [value for value in listed if isinstance(value, dict)] if isinstance(listed, list) else []


def _property(value: dict[str, Any]) -> str:
    kind = value.get("type")
    return _TYPES.get(kind.removeprefix(PREFIX), "") if isinstance(kind, str) and kind.startswith(PREFIX) else ""


def _text(value: dict[str, Any]) -> str:
    data = value.get("parsed_data", value.get("data"))
    return str(data.get("value", "") if isinstance(data, dict) else data)


def _content(name: str, text: str) -> Any:
    if name in _TEXTS:
        return text.strip()
    try:
        found = _plain(json.loads(text))
    except (ValueError, RecursionError):
        raise UnreadableFile(
            _("found %(found)r for %(name)s in the Handle record; expected JSON in it.")
            % {"found": text[:60], "name": name}
        ) from None
    if name in _SINGLE:
        return found[0] if isinstance(found, list) and found else found
    entries = found if isinstance(found, list) else [found]
    singular = name.removesuffix("s")
    return [entry[singular] if isinstance(entry, dict) and list(entry) == [singular] else entry for entry in entries]


def _plain(value: Any) -> Any:
    """Keys as in the JSON form: with a small first letter, and `identifierValue` called `identifier`."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        named = {(key[:1].lower() + key[1:]).removesuffix("Value"): _plain(inner) for key, inner in value.items()}
        if named.get("alternateIdentifierType") == "serialNumber":
            named["alternateIdentifierType"] = "SerialNumber"
        return named
    return value.strip() if isinstance(value, str) else value
