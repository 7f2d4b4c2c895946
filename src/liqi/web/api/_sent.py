"""What a program sends: a name that is not known is refused, so that a misspelt one is never dropped in silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, wraps
from inspect import unwrap
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.operation import Operation
from pydantic import BaseModel, ConfigDict

from liqi.web.api import _problems

READ_ELSEWHERE = ("body", "form", "file")
"""The parts of a request that hold a body; an address with none of them takes no fields."""


class Sent(Schema):
    """A body, or a part of one, that is refused where it has a field that is not written here."""

    model_config = ConfigDict(extra="forbid")


def names_at(model: type[BaseModel], steps: Iterable[Any]) -> list[str]:
    """The names that could have stood at the last of the steps from the model down; none where it takes any."""
    kinds: list[type[BaseModel]] = [model]
    for step in list(steps)[:-1]:
        kinds = [
            found
            for kind in kinds
            for name, field in kind.model_fields.items()
            if step in (name, field.alias)
            for found in _models(field.annotation)
        ] or kinds  # the place in a list
    return [field.alias or name for kind in kinds for name, field in kind.model_fields.items()]


def known(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around a whole request: names after the question mark, or of a body where none is taken, are known or refused."""
    operation: Operation = unwrap(run).__self__

    @wraps(run)
    def asked(request: HttpRequest, **given: Any) -> HttpResponse:
        questions = _questions(operation)
        wrong = [_wrong("query", name, questions) for name in request.GET if name not in questions]
        wrong += [_wrong("body", name, ()) for name in _fields_sent(request, operation)]
        return _problems.invalid(wrong, {"query": request.GET.dict()}) if wrong else run(request, **given)

    return asked


def _wrong(source: str, name: str, known: Iterable[str]) -> dict[str, Any]:
    """An error as the schemas tell theirs."""
    where = (source, name) if source == "query" else (source, "", name)
    return {"type": "extra_forbidden", "loc": where, "msg": "", "ctx": {"known": list(known)}}


@cache
def _questions(operation: Operation) -> tuple[str, ...]:
    """The names that the address takes after its question mark."""
    asked = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return tuple(name for model in asked for name in model.__ninja_flatten_map__)


def _fields_sent(request: HttpRequest, operation: Operation) -> list[str]:
    """The fields of a JSON body that nothing reads."""
    if request.content_type != "application/json" or any(
        model.__ninja_param_source__ in READ_ELSEWHERE for model in operation.models
    ):
        return []
    with suppress(ValueError, RecursionError):
        body = json.loads(request.body)
        return list(body) if isinstance(body, dict) else []
    return []


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The schemas that the annotation names, inside lists and choices too."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]
