"""The page of the JSON interface, made from its OpenAPI document."""

import os
from pathlib import Path
from typing import Any

import django

PAGE = Path(__file__).parent / "reference" / "api.md"
HEAD = """# The JSON interface

Made by `./run docs` from the OpenAPI 3.1 document that the server gives at `/api/openapi.json`; to be tried at
`/api/docs`, in few words at `/api/`. How to get a token: [Ask by program](../how-to/api-tokens.md).

| habit | how |
| --- | --- |
| who asks | `Authorization: Bearer liqi-api-...`; the scope that a change needs stands beside it; reading needs `read` |
| lists | `limit` (1 to 200), `cursor`; the answer has `items` and `next`, null at the end; rows added or removed meanwhile neither double nor hide others |
| repeating | `Idempotency-Key` (1 to 200 letters) on a `POST`: sent again within 48 hours it changes nothing and gets its first answer with `Idempotency-Replayed: true`; another body under the key is 422, a first request still at work 409. Bookings, series and wishes keep the key for good: 201 when they were made, 200 when they were there |
| errors | problem details (RFC 9457, `application/problem+json`): `title`, `status`, `detail`, and where they apply `errors`, `objections`, `nearest` |
| values | times in ISO 8601 with a time zone, periods half-open, money and measured values as decimals in quotation marks, blank is null |

"""  # noqa: E501 - a row of a table
KINDS = {"date-time": "moment", "date": "day", "time": "time of day", "binary": "file"}


def page() -> str:
    """The page as Markdown: every address by resource, then every shape."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    django.setup()
    from django.utils import translation

    from liqi.web.api import api

    with translation.override("en"):
        document = api.get_openapi_schema()
    parts = [HEAD, *_resources(document), "## Shapes\n"]
    for name, schema in sorted(document["components"]["schemas"].items()):
        if not name.startswith("Page_"):
            parts += _shape(name, schema)
    return "\n".join(parts).rstrip("\n") + "\n"


def _resources(document: dict[str, Any]) -> list[str]:
    parts = []
    for tag in document["tags"]:
        parts += [
            f"## {tag['name'].capitalize()}\n",
            f"{tag['description'][:1].upper()}{tag['description'][1:]}.\n",
            "| address | does | who | sends | answers |",
            "| --- | --- | --- | --- | --- |",
        ]
        for path, ways in document["paths"].items():
            parts += [_row(path, method, one) for method, one in ways.items() if tag["name"] in one["tags"]]
        parts.append("")
    return parts


def _row(path: str, method: str, one: dict[str, Any]) -> str:
    asked = [each["name"] for each in one["parameters"] if each["in"] == "query"]
    query = "?" + "&".join(name for name in asked if name not in ("cursor", "limit")) if asked else ""
    query = "" if query == "?" else query
    sent = [_kind(each["schema"]) for each in one.get("requestBody", {}).get("content", {}).values()]
    gives = [
        f"{status} {_kind(next(iter(answer['content'].values()))['schema'])}" if "content" in answer else status
        for status, answer in one["responses"].items()
        if status < "4"
    ]
    words = " ".join(one["description"].split()).replace("|", "\\|")
    cells = (f"`{method.upper()} {path}{query}`", f"**{one['summary']}.** {words}", _who(one), next(iter(sent), ""))
    return f"| {' | '.join(cells)} | {', '.join(gives)} |"


def _who(one: dict[str, Any]) -> str:
    """The scope, `agent`, or everybody; where everybody may ask, a token shows more."""
    if {} in one["security"]:
        return "everybody"
    for way in one["security"]:
        if "AgentToken" in way:
            return "agent"
        if "PersonToken" in way:
            return f"`{way['PersonToken'][0]}`"
    return "signed in"


def _shape(name: str, schema: dict[str, Any]) -> list[str]:
    words = " ".join(schema.get("description", "").split())
    fields = [
        f"`{field}`{'' if field in schema.get('required', []) else '?'} {_kind(one)}"
        for field, one in schema.get("properties", {}).items()
    ]
    return [f"### {name}\n", f"{words}\n", "; ".join(fields) + "\n"]


def _kind(schema: dict[str, Any]) -> str:
    """What a value is, in few words; a shape by its link, a page of shapes as `items` of it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        inner = name.removeprefix("Page_").rstrip("_")
        return f"[{inner}](#{inner.lower()}) ..." if inner != name else f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        found = dict.fromkeys(_kind(one) for one in schema["anyOf"])
        return " or ".join(found)
    if "enum" in schema:
        return " or ".join(f"`{each}`" if each != "" else "blank" for each in schema["enum"])
    if "allOf" in schema:
        return _kind(schema["allOf"][0])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"map of {_kind(inner)}" if isinstance(inner, dict) and inner else "map"
    return KINDS.get(schema.get("format", ""), {"string": "text", "integer": "number"}.get(kind, str(kind)))


__all__ = ["PAGE", "page"]
