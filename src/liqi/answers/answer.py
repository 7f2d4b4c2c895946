"""The answer of a run, read from storage."""

import json
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from liqi.answers import storage
from liqi.answers.models import Run
from liqi.methods.phrases import with_words


class NoAnswer(LookupError):
    """The run has no answer: it is not over, or it failed; the message says which."""


def read(run: Run) -> dict[str, Any]:
    """The whole answer as the method gave it (Answer.as_json), an older one with its words; raises NoAnswer.

    Never change it.
    """
    if not run.answer_sha256:
        words = _("Found run %(key)s without an answer; expected one that is done; wait for its end or start another.")
        raise NoAnswer(words % {"key": run.key})
    return _load(run.answer_sha256)


@lru_cache(maxsize=16)
def _load(sha256: str) -> dict[str, Any]:
    return with_words(json.loads(storage.path_of(sha256).read_bytes()))
