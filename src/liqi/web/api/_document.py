"""The OpenAPI 3.1 document of the interface: what ninja says of it, with errors, scopes, keys and headers added."""

from __future__ import annotations

import importlib
from typing import Any

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.operation import Operation

from liqi.access.kept_answers import LONGEST_KEY
from liqi.accounts import tokens
from liqi.web import bearer
from liqi.web.api import _once, _problems, _sent
from liqi.web.api._addresses import by_resource

ABOUT = """Everything that the pages do can be asked by program. Lists come page by page (`limit`, `cursor`, `next`);
errors are problem details (RFC 9457); a POST under an `Idempotency-Key` is done once; times are ISO 8601 with a time
zone, amounts of money decimals in quotation marks."""
TEXT = {"type": "string"}
MOMENT = {"type": "string", "format": "date-time"}
ERRORS_TOLD = """Each field or row that is wrong: `words` in the language of Accept-Language, `pointer` into the body
(a JSON Pointer) or `parameter` of the address"""
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "What was found, what was expected and what to do (RFC 9457); the later members where they apply.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": {"type": "array", "items": {"type": "object"}, "description": ERRORS_TOLD},
        "objections": {
            "type": "array",
            "description": "Each rule that is against it, and whether a steward may let it pass",
            "items": {
                "type": "object",
                "properties": {"code": TEXT, "words": TEXT, "waivable": {"type": "boolean"}},
            },
        },
        "nearest": {
            "type": "array",
            "description": "The nearest free periods",
            "items": {"type": "object", "properties": {"start": MOMENT, "end": MOMENT}},
        },
        "step": {"type": "integer", "description": "The step of the job that has no time, from 1"},
        "reasons": {"type": "array", "items": TEXT, "description": "Why each of its instruments has none"},
    },
}
ERRORS: dict[str, str] = {
    "401": "Nobody is signed in, or the token is not known",
    "403": "Not yours to do, or the token lacks the scope",
    "404": "There is no such thing, or it is not shown to you",
    "409": "The time or the key is taken",
    "422": "It cannot be taken as it is, or the rules are against it",
    "429": "Asked too often within a minute",
}
KEY: dict[str, Any] = {
    "name": _once.HEADER,
    "in": "header",
    "required": False,
    "description": "Names this request: sent again within 48 hours it changes nothing and gets its first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}
REPEATED: dict[str, Any] = {
    "description": "`true` where this answer was given before under the same Idempotency-Key",
    "schema": {"type": "string", "enum": ["true"]},
}


class Interface(NinjaAPI):
    """The interface, whose document says of every address also who may ask, what can go wrong, how to repeat."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The module of the resource and the name of the function: `bookings_change`."""
        function = operation.view_func
        return f"{function.__module__.rpartition('.')[2]}_{function.__name__}"

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """The errors of a request; one that says a field is not known also says which are."""
        told = super().validation_error_from_error_contexts(error_contexts)
        raised = [
            (context.model, each["loc"])
            for context in error_contexts
            for each in context.pydantic_validation_error.errors(include_url=False)
        ]
        for error, (model, where) in zip(told.errors, raised, strict=True):
            if error["type"] == "extra_forbidden":
                error["ctx"] = {"known": _sent.names_at(model, where)}
        return told

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        return list(by_resource(super()._get_urls()))

    def get_openapi_schema(self, **asked: Any) -> Any:
        """The whole document."""
        document = super().get_openapi_schema(**asked)
        for path, operation in self.operations():
            for method in operation.methods:
                _complete(document["paths"][path][method.lower()], operation, method, path)
        document["info"] |= {"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}
        document["tags"] = [{"name": name, "description": words} for name, words in self.resources()]
        parts = document["components"]
        parts["schemas"]["Problem"] = PROBLEM
        parts["responses"] = {f"Error{status}": _error(words) for status, words in ERRORS.items()}
        parts["securitySchemes"] = _schemes()
        document.pop("servers", None)
        return document

    def operations(self) -> list[tuple[str, Operation]]:
        """Every operation with its address as the document writes it."""
        found = []
        for bound in self._get_bound_routers():
            for path, view in bound.path_operations.items():
                whole = "/".join(part for part in ("/api", bound.prefix.strip("/"), path.strip("/")) if part)
                parts = [
                    f"{{{part[1:-1].rpartition(':')[2]}}}" if part[:1] == "{" else part for part in whole.split("/")
                ]
                found += [("/".join(parts), operation) for operation in view.operations]
        return found

    def resources(self) -> list[tuple[str, str]]:
        """Every tag with what its addresses do, in the words of their modules."""
        found: dict[str, dict[str, None]] = {}
        for _path, operation in self.operations():
            module = importlib.import_module(operation.view_func.__module__)
            words = (module.__doc__ or "").partition(": ")[2].partition("\n")[0].rstrip(".")
            for tag in operation.tags or []:
                found.setdefault(tag, {})[words] = None
        return [(tag, "; ".join(words)) for tag, words in sorted(found.items())]


def _complete(said: dict[str, Any], operation: Operation, method: str, path: str) -> None:
    """What ninja leaves out of an operation is in it."""
    said["parameters"] = [each for each in said["parameters"] if each["name"] != "idempotency_key"]
    answers = {str(status): answer for status, answer in said["responses"].items()}
    security = _security(operation, method, path)
    said["security"] = security
    said["responses"] = answers
    statuses = ["422", "429"] if {} in security else ["401", "403", "422", "429"]
    statuses += ["404"] if "{" in path else []
    if method == "POST" and _once.takes_key(operation.view_func):
        statuses.append("409")
        said["parameters"] = [*said["parameters"], KEY]
        for answer in answers.values():
            answer["headers"] = {_once.REPEATED: REPEATED}
    elif method in ("PATCH", "POST"):
        statuses.append("409")
    for status in sorted(statuses):
        answers.setdefault(status, {"$ref": f"#/components/responses/Error{status}"})


def _security(operation: Operation, method: str, path: str) -> list[dict[str, list[str]]]:
    """Who may ask: a person's token with a scope, who is signed in, an agent, a tablet; everybody is the empty one."""
    ways: list[dict[str, list[str]]] = []
    for way in operation.auth_callbacks:
        if isinstance(way, bearer.AgentToken):
            ways.append({"AgentToken": []})
        elif isinstance(way, bearer.KioskToken):
            ways.append({"KioskToken": []})
        elif isinstance(way, bearer.PersonToken):
            ways.append({"PersonToken": [bearer.scope_of(method, path.removeprefix("/"))]})
        elif hasattr(way, "openapi_security_schema"):
            ways.append({"SessionAuth": []})
        else:
            ways.append({})
    return ways or [{}]


def _error(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {_problems.MEDIA_TYPE: {"schema": schema}}}


def _schemes() -> dict[str, Any]:
    scopes = "; ".join(f"`{name}`: {words}" for name, words in tokens.SCOPES.items())
    return {
        "PersonToken": {
            "type": "http", "scheme": "bearer", "bearerFormat": "liqi-api-…",
            "description": f"A person's token, made in the profile; it has scopes. {scopes}.",
        },
        "AgentToken": {
            "type": "http", "scheme": "bearer", "bearerFormat": "liqi-agent-…",
            "description": "The token of the program at one instrument; it only adds.",
        },
        "KioskToken": {
            "type": "http", "scheme": "bearer",
            "description": "The token of a tablet beside one instrument; people show a badge or a PIN with it.",
        },
        "SessionAuth": {
            "type": "apiKey", "in": "cookie", "name": "sessionid",
            "description": "Who is signed in by the pages; a change needs the header X-CSRFToken as well.",
        },
    }  # fmt: skip
