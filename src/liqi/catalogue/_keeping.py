"""Planned batches written: rows, contacts, links, the change of each record, and a note for the index."""

from collections import Counter
from datetime import datetime
from typing import Any

from liqi.accounts.models import Person
from liqi.catalogue import _bulk, search
from liqi.catalogue._plan import Plan, Planned
from liqi.catalogue._values import as_json
from liqi.catalogue.models import Contact, Institution, Instrument, Maker, RecordChange, Service

CAUSE = "import"
SEARCHED = ("instrument", "facility", "institution", "service")
_NAMED_KEYS = 1000
_SOME = 500


class Keeper:
    """Writes the batches of one import inside its transaction; `cause_id` names the import in every change."""

    def __init__(self, plan: Plan, *, source: str, person: Person | None, now: datetime, cause_id: str) -> None:
        self._plan = plan
        self._source = source
        self._person = person
        self._now = now
        self._cause_id = cause_id
        self._parents: list[tuple[Any, str, str]] = []
        self.made: Counter[str] = Counter()
        self.named: dict[str, dict[str, list[Any]]] = {}

    def keep(self, planned: Planned) -> None:
        """This batch, with the institutions and makers that it needs, stands in the catalogue."""
        self._owners()
        if planned.model is Institution:
            made = Institution.objects.bulk_create([Institution(**fields) for fields in planned.new])
            for one in made:
                self._plan.owners.know(one)
        else:
            _bulk.insert(planned.model, planned.new)
        self._change(planned)
        self._contacts(planned)
        self._instruments(planned)
        self._parents += [(planned.model, ref, parent) for ref, parent in planned.parents]
        kind = str(planned.model._meta.model_name)
        self.made[kind] += len(planned.new)
        if kind in SEARCHED:
            search.note(kind, [*(row["key"] for row in planned.new), *(row.key for row, _changes in planned.changed)])

    def finish(self) -> None:
        """Parents that came later in the file than their parts are linked."""
        for model in {model for model, _ref, _parent in self._parents}:
            pairs = {ref: parent for one, ref, parent in self._parents if one is model}
            wanted = sorted({*pairs, *pairs.values()})
            rows: dict[str, int] = {}
            for at in range(0, len(wanted), _SOME):
                some = wanted[at : at + _SOME]
                rows |= dict(
                    model.objects.filter(source=self._source, source_ref__in=some).values_list("source_ref", "pk")
                )
            links = [(rows[ref], {"parent": rows[parent]}) for ref, parent in pairs.items() if parent in rows]
            _bulk.update(model, [(pk, link) for pk, link in links if link["parent"] != pk])

    def _owners(self) -> None:
        for model, made in ((Institution, self._plan.owners.made), (Maker, self._plan.makers.made)):
            if made:
                kind = str(model._meta.model_name)
                model.objects.bulk_create(made, batch_size=_SOME)
                self.made[kind] += len(made)
                if kind in SEARCHED:
                    search.note(kind, [one.key for one in made])
                made.clear()

    def _change(self, planned: Planned) -> None:
        if not planned.changed:
            return
        values = [
            (row.pk, {**{name: after for name, (_before, after) in changes.items()}, "updated_at": self._now})
            for row, changes in planned.changed
        ]
        _bulk.update(planned.model, values)
        kind = str(planned.model._meta.model_name)
        lines = []
        for row, changes in planned.changed:
            said = {name: [as_json(before), as_json(after)] for name, (before, after) in changes.items()}
            key = getattr(row, "key", row.source_ref)
            if len(self.named) < _NAMED_KEYS:
                self.named[key] = {name: pair for name, pair in said.items() if name != "source_row"}
            lines.append(
                on_record(kind, key, said, now=self._now, cause=CAUSE, cause_id=self._cause_id, person=self._person)
            )
        RecordChange.objects.bulk_create(lines, batch_size=_SOME)

    def _contacts(self, planned: Planned) -> None:
        for model in {model for model, _ref, _contact in planned.contacts}:
            mine = [(ref, contact) for one, ref, contact in planned.contacts if one is model]
            rows = model.objects.filter(source=self._source, source_ref__in={ref for ref, _contact in mine})
            keys = dict(rows.values_list("source_ref", "pk"))
            place = f"{model._meta.model_name}_id"
            Contact.objects.bulk_create([Contact(**{place: keys[ref]}, **contact) for ref, contact in mine])

    def _instruments(self, planned: Planned) -> None:
        for ref, members in planned.instruments:
            service = Service.objects.get(source=self._source, source_ref=ref)
            service.instruments.set(Instrument.objects.filter(source=self._source, source_ref__in=members))


def on_record(
    kind: str,
    key: str,
    fields: dict[str, list[Any]],
    *,
    now: datetime,
    cause: str,
    cause_id: str,
    person: Person | None = None,
) -> RecordChange:
    """The line of a change that an import or a harvest made, each field before and after; the caller keeps it."""
    return RecordChange(kind=kind, key=key, at=now, person=person, cause=cause, cause_id=cause_id, fields=fields)
