"""Gates of a run drawn by a person: opened as they were, counted while they move, saved as a run of its own."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.answers import run, storage
from liqi.answers.models import Run, StoredFile

METHOD = "flow.gate"
GATES = ("gatingml", "flowjo")
"""The formats that hold gates."""
MOST_BYTES = 1 << 29


class NotPossible(ValueError):
    """The gates of this run cannot be drawn; the message says why."""


def drawing(one: Run, person: Person | None) -> Any:
    """The events and gates of a run, ready to be drawn on; raises NotPossible, NotAllowed, UnreadableFile.

    The last few stay in memory, so that a gate that moves is counted at once.
    """
    sample, gates, matrix = _files(one, person)
    return _opened(
        sample.sha256,
        sample.name,
        gates.sha256 if gates else None,
        matrix.sha256 if matrix else None,
        int(one.parameters.get("data_set") or 1),
    )


@lru_cache(maxsize=2)
def _opened(sample: str, name: str, gates: str | None, matrix: str | None, data_set: int) -> Any:
    """The drawing of these files, each by its SHA-256; the sample by its name as well, which gates may ask for."""
    from liqi.methods.cytometry import Drawing, Strategy, read_fcs, read_matrix, read_strategy

    events = read_fcs(storage.path_of(sample), data_set - 1)
    strategy = read_strategy(storage.path_of(gates), name) if gates is not None else Strategy({})
    if matrix is not None:
        own = read_matrix(storage.path_of(matrix))
        strategy = replace(strategy, matrices={**strategy.matrices, "FCS": own})
    return Drawing(events, strategy)


def _files(one: Run, person: Person | None) -> tuple[StoredFile, StoredFile | None, StoredFile | None]:
    """The sample, its gates and its matrix, each only where the person may see it."""
    if one.method != METHOD or one.state != Run.State.DONE:
        raise NotPossible(_("Found a run of %(method)s; expected an answer of flow.gate to draw gates on.")
                          % {"method": one.method})  # fmt: skip
    files = list(one.files.order_by("pk"))
    named = [str(one.parameters.get(name) or "") for name in ("gates", "matrix")]
    lent = {file.key: file for file in StoredFile.objects.filter(key__in=[key for key in named if key])}
    visible = set(StoredFile.objects.visible_to(person).filter(pk__in=[f.pk for f in [*files, *lent.values()]])
                  .values_list("pk", flat=True))  # fmt: skip
    if any(file.pk not in visible for file in [*files, *lent.values()]):
        raise NotAllowed(_("The files of this answer are not released with it; ask its owner for them."))
    sample = next((file for file in files if file.format not in GATES), None)
    if sample is None or sample.size > MOST_BYTES:
        raise NotPossible(_("Found no file of events of at most 512 MiB; draw its gates in a smaller file."))
    gates = next((file for file in files if file.format in GATES), None) or lent.get(named[0])
    return sample, gates, lent.get(named[1])


def save(one: Run, told: object, *, person: Person, now: datetime) -> Run:
    """The gates are kept as a file of Gating-ML and a run with them begins; the run before stays as it is.

    Raises NotPossible where nothing was changed, BadParameter for gates that are none.
    """
    from liqi.methods.cytometry import changes

    bench = drawing(one, person)
    strategy = bench.strategy(told)
    if not strategy.gates:
        raise NotPossible(_("Found no gate; draw at least one before you save."))
    made = changes(bench.gates(), told if isinstance(told, list) else [])
    if not made:
        raise NotPossible(_("Found the gates as they were; change one before you save."))
    content = written(bench, strategy)
    sample = _files(one, person)[0]
    with transaction.atomic():
        name = f"{Path(sample.name).stem[:200]}-gates.xml"
        file = storage.keep(io.BytesIO(content), name=name, person=person, order=one.order, now=now)
        parameters: Mapping[str, Any] = {key: value for key, value in one.parameters.items() if key != "gates"}
        given = {key: value for key, value in parameters.items() if value is not None}
        started = run.start(
            method=one.method, files=[sample, file], person=person, now=now, order=one.order, parameters=given
        )
        run.changed_by_hand(started, of=one, changes=made, person=person, now=now)
    return started


def written(bench: Any, strategy: Any) -> bytes:
    """The gates as Gating-ML 2.0; those on a scale of FlowJo's as this project writes them."""
    from liqi.methods.cytometry import write_gating

    own = {name: one for name, one in strategy.matrices.items() if name != "FCS"}
    return write_gating(replace(strategy, matrices=own), own_scales=True)
