"""Answers that are there already: taken where all that makes them is the same, compared where something changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liqi.answers import answer
from liqi.answers.models import Run
from liqi.methods import Method


def find(run: Run, method: Method, paths: list[Path], parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer of an earlier run of the same key that the run's person may see, with this run's file names.

    `run.same_as` then names that run. None where the run is to be computed anew, or nothing is there.
    """
    if run.anew:
        return None
    shas = list(run.files.order_by("pk").values_list("sha256", flat=True))
    key = method.key(shas, method.settle(parameters))
    done = Run.objects.visible_to(run.person).filter(state=Run.State.DONE, answer_key=key)
    there = done.exclude(pk=run.pk).order_by("pk").first()
    if there is None:
        return None
    run.same_as = there
    inputs = [dict(given, path=str(path)) for given, path in zip(answer.read(there)["inputs"], paths, strict=True)]
    return {**answer.read(there), "inputs": inputs, "parameters": dict(parameters)}


def former(run: Run) -> Run | None:
    """The newest earlier answer to the same files, method and settings that this run was computed after, if any."""
    if run.same_as_id is not None:
        return None
    shas = sorted(file.sha256 for file in run.files.all())
    before = Run.objects.visible_to(run.person).filter(
        method=run.method, parameters=run.parameters, state=Run.State.DONE, pk__lt=run.pk, files__sha256=shas[0]
    )
    for one in before.distinct().order_by("-pk").prefetch_related("files")[:20]:
        if sorted(file.sha256 for file in one.files.all()) == shas:
            return one
    return None
