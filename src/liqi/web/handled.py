"""Quick calls of pages where something is drawn by hand: JSON in, JSON out, a refusal as one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.answers import gates, peaks, store
from liqi.methods import BadParameter, UnreadableFile
from liqi.web import method_words
from liqi.web.asked import person_of

__all__ = ["answered", "signer"]

MOST_BYTES = 1 << 21
"""What is drawn is words and numbers; more than this is something else."""


def signer(request: HttpRequest) -> Person:
    """Who is signed in; raises NotAllowed for a visitor, who may draw and not save."""
    person = person_of(request)
    if person is None:
        raise NotAllowed(_("Sign in to save; what you changed stays on this page until then."))
    return person


def answered(request: HttpRequest, made: Callable[[dict[str, Any]], dict[str, Any]]) -> JsonResponse:
    """What the verb gives of the JSON that was sent; a refusal says its sentence under `detail`."""
    try:
        if len(request.body) > MOST_BYTES:
            raise BadParameter("body", f"{len(request.body)} bytes", f"at most {MOST_BYTES}")
        sent = _read(request.body)
        if not isinstance(sent, dict):
            raise BadParameter("body", str(sent)[:40], "a JSON object")
        return JsonResponse(made(sent))
    except NotAllowed as problem:
        return JsonResponse({"detail": str(problem)}, status=403)
    except store.Gone:
        return JsonResponse({"detail": _("The bytes of this file are gone; only the answer is left.")}, status=422)
    except (BadParameter, UnreadableFile, gates.NotPossible, peaks.NotPossible) as problem:
        return JsonResponse({"detail": method_words.refused(problem)}, status=422)
    except _NoJson:
        return JsonResponse({"detail": _("Found no whole JSON; send it again.")}, status=422)


class _NoJson(ValueError):
    """What was sent is no JSON."""


def _read(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # no JSON, no Unicode, a number of thousands of digits, lists too deep
        raise _NoJson from None
