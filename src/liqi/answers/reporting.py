"""The answer of a run set as a report in three languages, with what people said of it."""

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext as _

from liqi import __version__
from liqi.answers import answer, storage
from liqi.answers.models import Run
from liqi.answers.signatures import Layer, layer_of

KINDS = ("html", "pdf")


def report(run: Run, *, kind: str, language: str, layer: Layer | None = None) -> Path:
    """The report on disk, made once for an answer with what people said of it, kind (html, pdf) and language."""
    from liqi.answers.report import write

    if kind not in KINDS:
        words = _("Found the kind of report %(kind)s; expected one of %(known)s; choose one of them.")
        raise ValueError(words % {"kind": kind[:20], "known": ", ".join(KINDS)})
    facts, layer = answer.read(run), layer or layer_of(run)
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
