"""Institutions and makers that drafts name: found in the catalogue in any spelling, or made."""

from datetime import datetime
from typing import Any

from liqi.catalogue._keys import new_key
from liqi.catalogue.models import Institution, Maker
from liqi.taxonomy import find_maker, fold, maker_name


class Owners:
    """Institutions by ROR id, by their code of the national platform and by folded name in every script."""

    def __init__(self, *, source: str, now: datetime) -> None:
        self._source = source
        self._now = now
        self.made: list[Institution] = []
        self._by_ror: dict[str, Institution] = {}
        self._by_code: dict[str, Institution] = {}
        self._by_name: dict[str, Institution] = {}
        self.read()

    def read(self) -> None:
        """What the catalogue has by now is known."""
        for one in Institution.objects.all().defer("source_row"):
            self.know(one)

    def know(self, one: Institution) -> None:
        """Drafts may name this institution."""
        if one.ror_id:
            self._by_ror[one.ror_id] = one
        if one.national_code:
            self._by_code[one.national_code] = one
        for name in (one.name, one.name_en, *one.aliases):
            if name:
                self._by_name.setdefault(fold(name), one)

    def with_ror(self, ror_id: str) -> Institution | None:
        """The institution of this ROR id, whatever source brought it in."""
        return self._by_ror.get(ror_id)

    def find(self, given: dict[str, str], fields: dict[str, Any]) -> Institution:
        """The institution of this ROR id, national code or name; made where there is none, where the record lies."""
        name = given["name"]
        found = self._by_ror.get(given.get("ror_id", "")) or self._by_code.get(given.get("national_code", ""))
        found = found or self._by_name.get(fold(name))
        if found is None:
            found = Institution(
                key=new_key("institution", name),
                name=name[:300],
                name_en=given.get("name_en", "")[:300],
                ror_id=given.get("ror_id") or None,
                national_code=given.get("national_code", "")[:32],
                country=fields.get("country", ""),
                province=fields.get("province", ""),
                city=fields.get("city", ""),
                latitude=fields.get("latitude"),
                longitude=fields.get("longitude"),
                source=self._source,
                source_ref=f"owner {name}"[:300],
                confidence="low",
                created_at=self._now,
                updated_at=self._now,
            )
            self.made.append(found)
            self._by_name[fold(name)] = found
            self.know(found)
        return found


class Makers:
    """Makers by every spelling that the catalogue and the table of makers know."""

    def __init__(self, *, source: str, now: datetime) -> None:
        self._source = source
        self._now = now
        self.made: list[Maker] = []
        self._by_key: dict[str, Maker] = {}
        self._by_name: dict[str, Maker] = {}
        self._by_text: dict[str, Maker] = {}
        for one in Maker.objects.all().defer("source_row"):
            self._know(one)

    def find(self, text: str) -> Maker:
        """The maker that this spelling means; made where there is none."""
        found = self._by_text.get(text)
        if found is None:
            found = self._by_text[text] = self._found(text)
        return found

    def _know(self, one: Maker) -> None:
        self._by_key[one.key] = one
        for name in (one.name, one.name_en, *one.aliases):
            if plain := maker_name(name):
                self._by_name.setdefault(plain, one)

    def _found(self, text: str) -> Maker:
        known = find_maker(text)
        found = self._by_key.get(known.key) if known else self._by_name.get(maker_name(text))
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
            self.made.append(found)
            self._know(found)
        return found
