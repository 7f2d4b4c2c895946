"""What an import would do: drafts compared with the catalogue, institutions and makers found or made."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liqi.catalogue.exchange import Draft
from liqi.catalogue.models import Facility, Institution, Instrument, Maker
from liqi.taxonomy import find_maker, fold, maker_name

_AT_ONCE = 500
_MODELS: dict[str, Any] = {"instrument": Instrument, "facility": Facility, "institution": Institution}
Changes = dict[str, tuple[Any, Any]]


@dataclass
class Planned:
    """New rows by model in the order to keep them, changed rows with their fields before and after, and counts."""

    new: dict[Any, list[Any]] = field(
        default_factory=lambda: {Maker: [], Institution: [], Facility: [], Instrument: []}
    )
    changed: dict[Any, dict[Any, Changes]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"created": 0, "updated": 0, "unchanged": 0})


class Plan:
    """Plans the drafts of one file of one source."""

    def __init__(self, *, source: str, now: datetime) -> None:
        self._source = source
        self._now = now
        self._makers = {maker.key: maker for maker in Maker.objects.all()}
        self._by_maker_name: dict[str, Maker] = {}
        for maker in self._makers.values():
            for name in (maker.name, maker.name_en, *maker.aliases):
                self._by_maker_name.setdefault(maker_name(name), maker)
        self._by_ror: dict[str, Institution] = {}
        self._by_name: dict[str, Institution] = {}
        self._planned = Planned()

    def make(self, drafts: list[Draft]) -> Planned:
        """The plan for these drafts; nothing is written."""
        self._read_institutions()
        for kind, model in _MODELS.items():
            mine = [draft for draft in drafts if draft.kind == kind]
            for at in range(0, len(mine), _AT_ONCE):
                self._some(model, mine[at : at + _AT_ONCE])
        return self._planned

    def _read_institutions(self) -> None:
        for one in Institution.objects.all():
            if one.ror_id:
                self._by_ror[one.ror_id] = one
            for name in (one.name, one.name_en):
                if name:
                    self._by_name.setdefault(fold(name), one)

    def _some(self, model: Any, drafts: list[Draft]) -> None:
        refs = [draft.ref for draft in drafts]
        known = {row.source_ref: row for row in model.objects.filter(source=self._source, source_ref__in=refs)}
        if model is Institution:
            known |= self._same_ror(drafts)
        for draft in drafts:
            fields = self._resolved(draft)
            row = known.get(draft.ref)
            if row is None:
                self._planned.new[model].append(self._new(model, draft, fields))
                self._planned.counts["created"] += 1
                continue
            fields["source_row"] = draft.raw
            mine = row.source == self._source and row.source_ref == draft.ref
            changes = changes_of(row, fields if mine else {})
            self._planned.counts["updated" if changes else "unchanged"] += 1
            if changes:
                row.updated_at = self._now
                self._planned.changed.setdefault(model, {})[row] = changes

    def _same_ror(self, drafts: list[Draft]) -> dict[str, Institution]:
        """Organisations that another source brought in before: kept as they are, not doubled."""
        found = {draft.ref: self._by_ror.get(str(draft.fields.get("ror_id"))) for draft in drafts}
        return {ref: one for ref, one in found.items() if one is not None}

    def _new(self, model: Any, draft: Draft, fields: dict[str, Any]) -> Any:
        return model(
            key=new_key(self._source, draft.ref),
            source=self._source,
            source_ref=draft.ref,
            source_row=draft.raw,
            created_at=self._now,
            updated_at=self._now,
            **fields,
        )

    def _resolved(self, draft: Draft) -> dict[str, Any]:
        fields = dict(draft.fields)
        given = fields.pop("institution", None)
        if given is not None:
            owner = self._institution(given, fields)
            fields["institution"] = owner
            if draft.kind == "instrument" and not fields.get("country"):
                for name in ("country", "province", "city", "latitude", "longitude"):
                    if getattr(owner, name) not in (None, "") and fields.get(name) in (None, ""):
                        fields[name] = getattr(owner, name)
        if maker := fields.pop("maker", ""):
            fields |= {"maker": self._maker(maker), "maker_text": maker[:200]}
        return fields

    def _institution(self, given: dict[str, str], fields: dict[str, Any]) -> Institution:
        found = self._by_ror.get(given.get("ror_id", "")) or self._by_name.get(fold(given["name"]))
        if found is None:
            found = Institution(
                key=new_key("institution", given["name"]),
                name=given["name"][:300],
                name_en=given.get("name_en", "")[:300],
                ror_id=given.get("ror_id") or None,
                country=fields.get("country", ""),
                province=fields.get("province", ""),
                city=fields.get("city", ""),
                latitude=fields.get("latitude"),
                longitude=fields.get("longitude"),
                source=self._source,
                source_ref=f"owner {given['name']}"[:300],
                confidence="low",
                created_at=self._now,
                updated_at=self._now,
            )
            self._planned.new[Institution].append(found)
            self._by_name[fold(given["name"])] = found
            if found.ror_id:
                self._by_ror[found.ror_id] = found
        return found

    def _maker(self, text: str) -> Maker:
        known = find_maker(text)
        found = self._makers.get(known.key) if known else self._by_maker_name.get(maker_name(text))
        if found is None:
            found = Maker(
                key=known.key if known else new_key("maker", text),
                name=(known.name_zh or known.name_en) if known else text[:300],
                name_en=known.name_en if known else (text[:300] if text.isascii() else ""),
                aliases=list(known.aliases) if known else [],
                brand_country=known.brand_country if known else "",
                source="Liqi makers table" if known else self._source,
                source_ref=known.key if known else f"maker {text}"[:300],
                confidence=known.confidence if known else "low",
                created_at=self._now,
                updated_at=self._now,
            )
            self._planned.new[Maker].append(found)
            self._makers[found.key] = found
            self._by_maker_name[maker_name(text)] = found
        return found


def changes_of(row: Any, fields: dict[str, Any]) -> Changes:
    """The fields that differ, before and after; the row carries the new values after the call."""
    found: Changes = {}
    for name, after in fields.items():
        if name in ("institution", "maker"):
            same = getattr(row, f"{name}_id") == after.pk and after.pk is not None
            before = getattr(row, f"{name}_id")
        else:
            before = getattr(row, name)
            same = before == after
        if not same:
            found[name] = (before, after)
            setattr(row, name, after)
    return found


def new_key(source: str, ref: str) -> str:
    """A key for an address: readable where source and reference are, with a hash where they are not."""
    readable = slug(f"{source}-{ref}")
    plain = f"{source}-{ref}".lower()
    if readable == plain and len(readable) <= 100:
        return readable
    digest = hashlib.sha256(f"{source}\x1f{ref}".encode()).hexdigest()[:10]
    return f"{readable[:80].rstrip('-')}-{digest}".lstrip("-")


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
