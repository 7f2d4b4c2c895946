"""What a harvested record belongs to: found here by identifier, ROR or name, made where it has not come yet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.catalogue import search
from liqi.catalogue._keys import new_key
from liqi.catalogue.models import Facility, Institution, Instrument, Maker
from liqi.taxonomy import FACILITY_KINDS, find_maker

LOOSE = "loose"
"""Under this name the source row keeps identifiers of records that have not come yet."""
_AT_ONCE = 500


class Unfit(ValueError):
    """A link that cannot be made; the message says why."""


class Links:
    """The links of the records of one page, with what they need read at once."""

    def __init__(self, source: str, now: datetime, documents: Sequence[Mapping[str, Any]]) -> None:
        self._source, self._now = source, now
        self.made: dict[str, list[str]] = {"institution": [], "facility": []}
        self._institutions = self._read_institutions(documents)
        self._facilities = self._by_ref(Facility, _named(documents, "facility"))
        self._instruments = self._by_ref(Instrument, _all_instruments(documents))
        self._makers = self._read_makers(documents)

    def _by_ref(self, model: Any, named: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        refs = {str(one["identifier"]) for one in named if one.get("identifier")}
        rows = model.everything.filter(source=self._source, source_ref__in=refs)
        return {row.source_ref: row for row in rows}

    def _read_institutions(self, documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Institutions under their identifier there, their ROR and their names, the surest last."""
        named = _named(documents, "institution")
        rors = {str(one["ror_id"]) for one in [*named, *documents] if one.get("ror_id")}
        names = {str(one[part]) for one in named for part in ("name", "name_en") if one.get(part)}
        found: dict[str, Any] = {}
        for row in Institution.objects.filter(Q(name__in=names) | Q(name_en__in=names)).order_by("-pk"):
            found |= {f"name:{row.name}": row} | ({f"name:{row.name_en}": row} if row.name_en else {})
        for row in Institution.everything.filter(ror_id__in=rors):
            found[f"ror:{row.ror_id}"] = row
        return found | {f"ref:{ref}": row for ref, row in self._by_ref(Institution, named).items()}

    def _read_makers(self, documents: Sequence[Mapping[str, Any]]) -> dict[str, Maker]:
        """Makers under their key and names."""
        names = {text for document in documents for text in _maker_names(document)}
        keys = {known.key for name in names if (known := find_maker(name))}
        found: dict[str, Maker] = {}
        for row in Maker.objects.filter(Q(key__in=keys) | Q(name__in=names) | Q(name_en__in=names)).order_by("-pk"):
            found |= {f"key:{row.key}": row, row.name: row} | ({row.name_en: row} if row.name_en else {})
        return found

    def by_ror(self, ror_id: str) -> Any:
        """The institution with that ROR identifier, None where there is none."""
        return self._institutions.get(f"ror:{ror_id}") if ror_id else None

    def of(self, kind: str, document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The related records by field, and the identifiers of those that have not come yet."""
        related: dict[str, Any] = {}
        loose: dict[str, Any] = {}
        if kind != "institution":
            related["institution"] = self._institution(document.get("institution"))
            if kind == "service" and related["institution"] is None:
                raise Unfit(_("found a service without its institution; expected one."))
        if kind in ("instrument", "service"):
            related["facility"] = self._facility(document.get("facility"), related["institution"])
        if kind == "instrument":
            related["maker"] = self._maker(document)
        if kind != "service":
            ref = _identifier(document.get("parent"))
            model = {"institution": Institution, "facility": Facility, "instrument": Instrument}[kind]
            related["parent"] = model.everything.filter(source=self._source, source_ref=ref).first() if ref else None
            if ref and related["parent"] is None:
                loose["parent"] = ref
        else:
            wanted = [_identifier(one) for one in _instruments(document)]
            if missing := [ref for ref in wanted if ref and ref not in self._instruments]:
                loose["instruments"] = missing
        return related, loose

    def instruments_of(self, document: Mapping[str, Any]) -> list[Any]:
        """The instruments of a service that are here."""
        found = (self._instruments.get(_identifier(one)) for one in _instruments(document))
        return [one for one in found if one is not None]

    def _institution(self, given: Any) -> Any:
        if not isinstance(given, Mapping) or not given.get("name"):
            return None
        name, name_en = str(given["name"])[:300], str(given.get("name_en") or "")[:300]
        ref, ror = _identifier(given), str(given.get("ror_id") or "")
        ways = [f"ref:{ref}", f"ror:{ror}"] if ref else [f"ror:{ror}", f"name:{name}", f"name:{name_en}"]
        found = next((self._institutions[way] for way in ways if way in self._institutions), None)
        if found is None:
            ref = ref or f"owner {name}"[:300]
            found, made = Institution.everything.get_or_create(
                source=self._source,
                source_ref=ref,
                defaults={
                    "key": new_key(self._source, ref),
                    "name": name,
                    "name_en": name_en,
                    "ror_id": ror or None,
                    "confidence": "low",
                    "created_at": self._now,
                    "updated_at": self._now,
                },
            )
            if made:
                self.made["institution"].append(found.key)
            self._institutions |= {f"ref:{ref}": found, f"name:{name}": found} | ({f"ror:{ror}": found} if ror else {})
        return found

    def _facility(self, given: Any, institution: Any) -> Any:
        ref = _identifier(given)
        if not ref:
            return None
        found = self._facilities.get(ref)
        kind = FACILITY_KINDS.get(str(given.get("kind")))
        if found is None and kind is not None and given.get("name"):
            found = Facility.everything.create(
                key=new_key(self._source, ref),
                source=self._source,
                source_ref=ref,
                name=str(given["name"])[:300],
                name_en=str(given.get("name_en") or "")[:300],
                kind=kind.code,
                facility_class=kind.facility_class,
                institution=institution,
                confidence="low",
                created_at=self._now,
                updated_at=self._now,
            )
            self.made["facility"].append(found.key)
            self._facilities[ref] = found
        return found

    def _maker(self, document: Mapping[str, Any]) -> Maker | None:
        names = _maker_names(document)
        if not names:
            return None
        known = next((maker for name in names if (maker := find_maker(name))), None)
        given = document.get("maker")
        given = given if isinstance(given, Mapping) else {}
        found = self._makers.get(f"key:{known.key}") if known else None
        found = found or next((self._makers[name] for name in names if name in self._makers), None)
        if found is None:
            found = Maker.everything.create(
                key=known.key if known else new_key("maker", names[0]),
                name=(known.name_zh or known.name_en) if known else names[0][:300],
                name_en=known.name_en if known else (names[-1][:300] if names[-1].isascii() else ""),
                aliases=list(known.aliases) if known else [],
                brand_country=known.brand_country if known else str(given.get("brand_country") or "")[:2],
                source="Liqi makers table" if known else self._source,
                source_ref=known.key if known else f"maker {names[0]}"[:300],
                confidence=known.confidence if known else "low",
                created_at=self._now,
                updated_at=self._now,
            )
            self._makers |= {f"key:{found.key}": found} | dict.fromkeys(names, found)
        return found


def tie_up(source: str, *, now: datetime) -> int:
    """Links that led nowhere when their record came lead to what has come since; gives how many records changed."""
    tied = 0
    models: dict[str, Any] = {"institution": Institution, "facility": Facility, "instrument": Instrument}
    for kind, model in models.items():
        rows = model.objects.filter(source=source, source_row__has_key=LOOSE)
        for row in rows.only("pk", "key", "source_row", "parent").iterator(chunk_size=_AT_ONCE):
            ref = row.source_row[LOOSE].get("parent", "")
            parent = model.everything.filter(source=source, source_ref=ref).exclude(pk=row.pk).first()
            if parent is not None:
                kept = {name: value for name, value in row.source_row.items() if name != LOOSE}
                model.everything.filter(pk=row.pk).update(parent=parent, source_row=kept, updated_at=now)
                search.note(kind, [row.key])
                tied += 1
    return tied


def _identifier(given: Any) -> str:
    return str(given.get("identifier") or "")[:300] if isinstance(given, Mapping) else ""


def _named(documents: Iterable[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [given for document in documents if isinstance(given := document.get(name), Mapping)]


def _instruments(document: Mapping[str, Any]) -> list[Any]:
    given = document.get("instruments")
    return given if isinstance(given, list) else []


def _all_instruments(documents: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for document in documents for one in _instruments(document) if isinstance(one, Mapping)]


def _maker_names(document: Mapping[str, Any]) -> list[str]:
    """The names under which the maker may be known, the best first."""
    given = document.get("maker")
    if isinstance(given, Mapping):
        names = [given.get("name"), given.get("name_en")]
    else:
        names = [given, document.get("maker_text")]
    return list(dict.fromkeys(str(name)[:300] for name in names if name))
