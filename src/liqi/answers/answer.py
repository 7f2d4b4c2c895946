"""The answer of a run: read from storage, and set as a report in three languages."""

import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liqi.answers import storage
from liqi.answers.models import Run

if TYPE_CHECKING:
    from liqi.answers.signatures import Layer

KINDS = ("html", "pdf")


class NoAnswer(LookupError):
    """The run has no answer: it is not over, or it failed; the message says which."""


def read(run: Run) -> dict[str, Any]:
    """The whole answer as the method gave it (Answer.as_json); raises NoAnswer. Never change it."""
    if not run.answer_sha256:
        raise NoAnswer(f"found run {run.key} {run.state}, expected an answer; wait for its end or start another.")
    return _load(run.answer_sha256)


@lru_cache(maxsize=16)
def _load(sha256: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(storage.path_of(sha256).read_bytes())
    return whole


def report(run: Run, *, kind: str, language: str, layer: "Layer | None" = None) -> Path:
    """The report on disk, made once for an answer with what people said of it, kind (html, pdf) and language."""
    from liqi import __version__
    from liqi.answers.report import write
    from liqi.answers.signatures import layer_of

    if kind not in KINDS:
        raise ValueError(f"found {kind}, expected {' or '.join(KINDS)}; choose one of them.")
    facts, layer = read(run), layer or layer_of(run)
    folder = storage.folder() / "reports" / __version__
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / f"{run.answer_sha256}{layer.sha256[:16]}.{language}.{kind}"
    if not final.exists():
        draft = folder / f"{secrets.token_hex(8)}.{kind}"
        try:
            write(facts, draft, language, layer.as_json())
            os.replace(draft, final)
        finally:
            draft.unlink(missing_ok=True)
    return final
