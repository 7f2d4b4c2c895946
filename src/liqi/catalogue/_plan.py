"""What an import would do: drafts compared with the catalogue, batch by batch, nothing written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue import _contacts
from liqi.catalogue._keys import new_key, slug
from liqi.catalogue._owners import Makers, Owners
from liqi.catalogue._scope import Scope
from liqi.catalogue.exchange import Draft
from liqi.catalogue.models import (
    Contact,
    CustomsRecord,
    Facility,
    Institution,
    InstitutionYear,
    Instrument,
    Service,
    ServiceRecord,
)
from liqi.catalogue.models.reported import Reported
from liqi.taxonomy import fold

__all__ = ["MODELS", "Plan", "Planned", "changes_of", "everything", "new_key", "slug"]

MODELS: dict[str, Any] = {
    "institution": Institution,
    "facility": Facility,
    "instrument": Instrument,
    "service": Service,
    "service_record": ServiceRecord,
    "customs_record": CustomsRecord,
    "institution_year": InstitutionYear,
}
"""The model of each kind of draft; a row of it is known again by source and source_ref."""
_POINTS_AT: dict[str, dict[str, Any]] = {
    "facility": {"parent": Facility},
    "institution": {"parent": Institution},
    "instrument": {"facility": Facility, "parent": Instrument},
    "service": {"facility": Facility},
    "service_record": {"instrument": Instrument},
    "customs_record": {"instrument": Instrument},
}
_OWNED = ("instrument", "facility", "service", "institution_year")
_PLACE = ("country", "province", "city", "latitude", "longitude")
Changes = dict[str, tuple[Any, Any]]


@dataclass
class Planned:
    """What becomes of one batch: rows to insert, changes by row, contacts to add, links to set once all is kept."""

    model: Any
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Any, Changes]] = field(default_factory=list)
    contacts: list[tuple[Any, str, dict[str, Any]]] = field(default_factory=list)
    instruments: list[tuple[str, list[str]]] = field(default_factory=list)
    parents: list[tuple[str, str]] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0


class Plan:
    """Plans the drafts of one file of one source.

    `undone` are the times of the source's imports that were undone. With `foresee`, nothing is going to be written, and
    later drafts find what earlier ones would bring.
    """

    def __init__(
        self,
        *,
        source: str,
        now: datetime,
        undone: Iterable[datetime] = (),
        foresee: bool = False,
        scope: Scope | None = None,
    ) -> None:
        self._source = source
        self._now = now
        self._undone = set(undone)
        self._scope = scope or Scope()
        self._coming: set[str] | None = set() if foresee else None
        self.owners = Owners(source=source, now=now)
        self.makers = Makers(source=source, now=now)
        self._empty = {kind: not everything(model).filter(source=source).exists() for kind, model in MODELS.items()}

    def batch(self, kind: str, drafts: list[Draft]) -> Planned:
        """The plan for some drafts of one kind; a draft that points at nothing is rejected."""
        if kind == "contact":
            return self._contacts_alone(drafts)
        model = MODELS[kind]
        planned = Planned(model)
        known = {} if self._empty[kind] else self._known(model, [draft.ref for draft in drafts])
        if model is Institution:
            known = self._same_ror(drafts) | known
        related = self._related(kind, drafts)
        for draft in drafts:
            fields = self._resolved(kind, draft, related, planned)
            row = known.get(draft.ref)
            owner = fields.get("institution") or getattr(fields.get("instrument"), "institution", None)
            if not draft.rejected and (words := self._scope.objection(kind, owner, row)):
                draft.reject("institution", "not_yours", words)
            if draft.rejected:
                continue
            contacts = [_contacts.fitting(one) for one in fields.pop("contacts", [])]
            members = fields.pop("instruments", None)
            if row is None:
                self._create(planned, draft, fields, contacts)
            else:
                self._compare(planned, draft, row, fields, contacts)
            if members is not None:
                planned.instruments.append((draft.ref, members))
        return planned

    def _create(self, planned: Planned, draft: Draft, fields: dict[str, Any], contacts: list[dict[str, Any]]) -> None:
        planned.created += 1
        fields |= {"source": self._source, "source_ref": draft.ref, "source_row": draft.raw}
        fields |= {"created_at": self._now, "updated_at": self._now}
        if not issubclass(planned.model, Reported):
            fields["key"] = new_key(self._source, draft.ref)
        planned.new.append(fields)
        if self._coming is not None:
            self._come(planned.model, fields)
        planned.contacts += [(planned.model, draft.ref, one) for one in contacts]

    def _come(self, model: Any, fields: dict[str, Any]) -> None:
        """Where nothing is written, later drafts still find what this file would bring."""
        if model is Institution:
            self.owners.know(Institution(**fields))
        elif model in (Instrument, Facility) and self._coming is not None:
            self._coming.add(fields["source_ref"])

    def _compare(
        self, planned: Planned, draft: Draft, row: Any, fields: dict[str, Any], contacts: list[dict[str, Any]]
    ) -> None:
        """A row that is there is updated; one that was removed stays so, but where its import was undone."""
        if row.source != self._source or row.source_ref != draft.ref:
            planned.unchanged += 1
            return
        revived: Changes = {}
        if getattr(row, "removed_at", None):
            if row.created_at not in self._undone:
                into = getattr(row, "merged_into", None)
                merged = _("found a record that was merged into %(into)s; left as it is.")
                gone = _("found a record that was taken out of the catalogue; left as it is.")
                draft.remark("", "left_out", merged % {"into": into.key} if into else gone)
                planned.unchanged += 1
                return
            revived = {"removed_at": (row.removed_at, None), "created_at": (row.created_at, self._now)}
        changes = changes_of(row, fields | {"source_row": draft.raw})
        fresh = _contacts.missing(row, contacts)
        planned.contacts += [(planned.model, draft.ref, one) for one in fresh]
        if changes or fresh or revived:
            planned.changed.append((row, changes | revived))
        planned.created += bool(revived)
        planned.updated += bool(not revived and (changes or fresh))
        planned.unchanged += not (revived or changes or fresh)

    def _known(self, model: Any, refs: list[str]) -> dict[str, Any]:
        rows = everything(model).filter(source=self._source, source_ref__in=refs)
        return {row.source_ref: row for row in rows}

    def _same_ror(self, drafts: list[Draft]) -> dict[str, Any]:
        """Organisations that another source brought in before: kept as they are, not doubled."""
        found = {draft.ref: self.owners.with_ror(str(draft.fields.get("ror_id"))) for draft in drafts}
        return {ref: one for ref, one in found.items() if one is not None}

    def _related(self, kind: str, drafts: list[Draft]) -> dict[str, dict[str, Any]]:
        """For each field that points at a record, the records that these drafts name in it."""
        found: dict[str, dict[str, Any]] = {}
        for name, model in _POINTS_AT.get(kind, {}).items():
            texts = {str(draft.fields[name]) for draft in drafts if draft.fields.get(name)}
            found[name] = self._named(model, texts) if texts else {}
        return found

    def _named(self, model: Any, texts: set[str]) -> dict[str, Any]:
        """Records by what names them: their key, their name within this source, their reference in it."""
        mine = model.objects.filter(source=self._source)
        found = {row.key: row for row in model.objects.filter(key__in=texts)}
        found |= {row.name: row for row in mine.filter(name__in=texts)}
        return found | {row.source_ref: row for row in mine.filter(source_ref__in=texts)}

    def _resolved(
        self, kind: str, draft: Draft, related: Mapping[str, Mapping[str, Any]], planned: Planned
    ) -> dict[str, Any]:
        fields = dict(draft.fields)
        given = fields.pop("institution", None)
        if given is None and kind in _OWNED:
            if self._scope.home:
                fields["institution"] = self._scope.home
            elif name := self._scope.home_name:
                given = {"name": name, "name_en": name if name.isascii() else ""}
        if given is not None:
            owner = self._owner(given, fields)
            fields["institution"] = owner
            if fold(given["name"]) != given["name"].lower() and given["name"] not in (owner.name, owner.name_en):
                draft.remark(
                    "institution",
                    "repaired_script",
                    _("found %(found)r; taken as %(name)s, in another script.")
                    % {"found": given["name"], "name": owner.name},
                )
            if kind == "instrument" and not fields.get("country"):
                for name in _PLACE:
                    if getattr(owner, name) not in (None, "") and fields.get(name) in (None, ""):
                        fields[name] = getattr(owner, name)
        if maker := fields.pop("maker", ""):
            fields |= {"maker": self.makers.find(maker), "maker_text": maker[:200]}
        for name in _POINTS_AT.get(kind, {}):
            if (text := fields.pop(name, "")) == "":
                continue
            if row := related[name].get(str(text)):
                fields[name] = row
            elif self._coming and str(text) in self._coming:
                continue
            elif name == "instrument":
                draft.reject(
                    name,
                    "instrument_unknown",
                    _("found %(found)r; expected the number of an instrument here.") % {"found": text},
                )
            elif name == "parent":
                planned.parents.append((draft.ref, str(text)))
            else:
                draft.remark(
                    name,
                    f"{name}_unknown",
                    _("found %(found)r, no %(name)s of this source; kept without it.") % {"found": text, "name": name},
                )
        return fields

    def _owner(self, given: dict[str, str], fields: dict[str, Any]) -> Institution:
        home = self._scope.home
        if home and fold(given["name"]) in {fold(home.name), fold(home.name_en), *map(fold, home.aliases)}:
            return home
        return self.owners.find(given, fields)

    def _contacts_alone(self, drafts: list[Draft]) -> Planned:
        planned = Planned(Contact)
        for model in (Instrument, Facility, Service, Institution):
            texts = {str(draft.fields["of"]) for draft in drafts}
            named = self._named(model, texts)
            for draft in drafts:
                row = named.get(str(draft.fields["of"]))
                if row is None or draft.fields.get("kept"):
                    continue
                owner = row if model is Institution else row.institution
                if words := self._scope.objection("contact", owner, row):
                    draft.reject("id", "not_yours", words)
                draft.fields["kept"] = True
                fresh = _contacts.missing(row, [_contacts.fitting(one) for one in draft.fields["contacts"]])
                planned.contacts += [(model, row.source_ref, one) for one in fresh]
                planned.created += bool(fresh)
                planned.unchanged += not fresh
        for draft in drafts:
            if not draft.fields.pop("kept", False):
                draft.reject(
                    "id",
                    "contact_of_nothing",
                    _("found %(found)r; expected the id of a record here.") % {"found": draft.fields["of"]},
                )
        return planned


def everything(model: Any) -> Any:
    """All rows of a model, those taken out of the catalogue too."""
    return getattr(model, "everything", model.objects)


def changes_of(row: Any, fields: Mapping[str, Any]) -> Changes:
    """The fields that differ, before and after; the row is left as it is."""
    found: Changes = {}
    for name, after in fields.items():
        if hasattr(after, "_meta"):
            before = getattr(row, f"{name}_id")
            if before != after.pk or after.pk is None:
                found[name] = (getattr(row, name), after)
        elif (before := getattr(row, name)) != after:
            found[name] = (before, after)
    return found
