"""Idempotency-Key: a POST that comes again under its key changes nothing and is answered as the first time.

Every POST goes through `answered`, around the whole request, and `called`, around the function once it is known who
asks. The key is taken first, in a transaction of its own; the change and its answer are then kept together or not at
all. An answer that refuses is not kept: nothing was changed, so the same key may try again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Annotated, Any, TypeVar

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from ninja import Header

from liqi.access import kept_answers
from liqi.access.kept_answers import LONGEST_KEY, Claim, StillRunning
from liqi.access.models import Agent, KeptAnswer, Kiosk
from liqi.accounts.models import Person
from liqi.web.api import _problems

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
"""The header of an answer that was given before, `true`."""
TOLD_ONCE = ("token", "secret")
"""Members that are shown once and kept nowhere; a repeated answer has them empty."""
TRIES = 3
OF_TABLETS = "/api/kiosk/"
Key = Annotated[str, Header(max_length=LONGEST_KEY)]
"""The key of a request whose verb keeps it: the parameter ``idempotency_key`` of a function that `keeps_key`."""
Function = TypeVar("Function", bound=Callable[..., Any])


def changes_nothing(function: Function) -> Function:
    """The POST only asks, with more than an address can hold; it takes no key."""
    function.takes_key = False  # type: ignore[attr-defined]
    return function


def keeps_key(function: Function) -> Function:
    """The verb behind it keeps the key on what it makes, for good: 201 when it was made, 200 when it was there."""
    function.keeps_key = True  # type: ignore[attr-defined]
    return function


def outside(function: Function) -> Function:
    """The POST asks somebody elsewhere and waits, so it holds no transaction open meanwhile."""
    function.outside = True  # type: ignore[attr-defined]
    return function


def takes_key(function: Callable[..., Any]) -> bool:
    """Whether the function behind a POST hears an idempotency key."""
    return getattr(function, "takes_key", True)


class _Keeping:
    """One request under a key, from the claim to the answer that is kept."""

    def __init__(self, key: str, fingerprint: str) -> None:
        self.key, self.fingerprint = key, fingerprint
        self.claim: Claim | None = None
        self.stack = ExitStack()
        self.itself = self.inside = False

    def first(self, caller: Person | Agent, *, inside: bool) -> HttpResponse | None:
        """The answer that was given before; None where the request is to be done now, in a transaction."""
        if self.claim is None:
            now = timezone.now()
            claim = kept_answers.claim(caller=caller, key=self.key, fingerprint=self.fingerprint, now=now)
            if not claim.fresh:
                return _again(claim.answer)
            self.claim = claim
        self.inside = inside
        if inside:
            self.stack.enter_context(transaction.atomic())
        return None

    def end(self, response: HttpResponse) -> HttpResponse:
        """The answer is kept with the change, or neither is."""
        if self.claim is None:
            if self.itself and response.status_code == 200:
                response[REPEATED] = "true"
            return response
        if response.status_code < 400:
            try:
                headers = {name: response[name] for name in ("Content-Type", "Location") if name in response}
                body = _without_secrets(response.content.decode())
                kept_answers.keep(self.claim, status=response.status_code, headers=headers, body=body)
                return response
            except StillRunning as problem:
                response = _problems.problem(409, _problems.TABLE[StillRunning][1], str(problem))
        if self.inside:
            transaction.set_rollback(True)
        return response


def answered(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around a whole request: what it answers under a key is kept in the transaction of what it changes."""

    @wraps(run)
    def asked(request: HttpRequest, **given: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if request.method != "POST" or not key:
            return run(request, **given)
        keeping = _Keeping(key, _fingerprint(request))
        request.keeping = keeping  # type: ignore[attr-defined]
        for attempt in range(1, TRIES + 1):
            try:
                with keeping.stack:
                    response = keeping.end(run(request, **given))
                break
            except OperationalError as problem:
                if attempt == TRIES or getattr(problem.__cause__, "sqlstate", "") != "40P01":  # a deadlock
                    _drop(keeping)
                    raise
            except Exception:
                _drop(keeping)
                raise
        if response.status_code >= 400:
            _drop(keeping)
        return response

    return asked


def called(function: Callable[..., Any]) -> Callable[..., Any]:
    """Around the function behind an address: a key that was answered gives its answer, and nothing is done."""

    @wraps(function)
    def asked(request: HttpRequest, *given: Any, **named: Any) -> Any:
        keeping: _Keeping | None = getattr(request, "keeping", None)
        caller = _caller(request)
        if keeping is not None and getattr(function, "keeps_key", False):
            keeping.itself = True
        elif keeping is not None and caller is not None and takes_key(function):
            before = keeping.first(caller, inside=not getattr(function, "outside", False))
            if before is not None:
                return before
        return function(request, *given, **named)

    return asked


def _drop(keeping: _Keeping) -> None:
    if keeping.claim is not None:
        kept_answers.drop(keeping.claim)


def _caller(request: Any) -> Person | Agent | None:
    auth = getattr(request, "auth", None)
    if isinstance(auth, Agent):
        return auth
    if isinstance(auth, Kiosk):  # whoever registered the tablet keeps its keys
        return auth.made_by
    return request.user if isinstance(request.user, Person) else None


def _fingerprint(request: HttpRequest) -> str:
    """A keyed hash of method, address and what is sent; of a form with files, of its fields and files.

    Keyed with the platform's secret, as a body may hold a PIN, which is short; of tablets also by which it is.
    """
    who = request.headers.get("Authorization", "") if request.path.startswith(OF_TABLETS) else ""
    made = salted_hmac("liqi request", f"{request.method} {request.get_full_path()} {who}\n", algorithm="sha256")
    if (request.content_type or "").startswith("multipart/"):
        made.update(json.dumps(sorted(request.POST.lists())).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                made.update(f"\n{name} {file.name}\n".encode())
                for chunk in file.chunks():
                    made.update(chunk)
                file.seek(0)
    else:
        made.update(request.body)
    return made.hexdigest()


def _again(kept: KeptAnswer) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status, headers=kept.headers)
    response[REPEATED] = "true"
    return response


def _without_secrets(body: str) -> str:
    """The answer with what is told once left empty."""
    if not any(f'"{name}"' in body for name in TOLD_ONCE):
        return body
    read = json.loads(body)
    if isinstance(read, dict):
        read |= {name: "" for name in TOLD_ONCE if name in read}
    return json.dumps(read, ensure_ascii=False)
