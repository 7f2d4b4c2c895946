"""Makers of instruments as we know them: spellings, where the brand comes from, who owned them when."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import fold


@dataclass(frozen=True, slots=True)
class MakerOwnership:
    """The maker belonged to `owner` in [from_on, to_on); an unknown or open end is None."""

    owner: str
    owner_country: str
    from_on: date | None
    to_on: date | None
    confidence: str


@dataclass(frozen=True, slots=True)
class KnownMaker:
    """A maker: key, names, spellings, the ISO country its brand comes from, its owners on record."""

    key: str
    name_en: str
    name_zh: str
    aliases: tuple[str, ...]
    brand_country: str
    city: str
    founded_year: int | None
    confidence: str
    owners: tuple[MakerOwnership, ...]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def makers() -> dict[str, KnownMaker]:
    """Every known maker by its key."""
    owners: dict[str, list[MakerOwnership]] = {}
    for row in table("maker_owners.csv"):
        owners.setdefault(row["maker"], []).append(
            MakerOwnership(
                owner=row["owner"],
                owner_country=row["owner_country"],
                from_on=_day(row["from_on"]),
                to_on=_day(row["to_on"]),
                confidence=row["confidence"],
            )
        )
    return {
        row["key"]: KnownMaker(
            key=row["key"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            aliases=parts(row["aliases"]),
            brand_country=row["brand_country"],
            city=row["city"],
            founded_year=int(row["founded"]) if row["founded"] else None,
            confidence=row["confidence"],
            owners=tuple(owners.get(row["key"], ())),
        )
        for row in table("makers.csv")
    }


_LEGAL = re.compile(
    r"\b(inc|incorporated|ltd|limited|corp|corporation|co|company|gmbh|ag|llc|plc|kg|sa|as|bv|oy)\b\.?"
    r"|股份有限公司|有限责任公司|有限公司|公司"
)


def maker_name(text: str) -> str:
    """The name folded, without legal forms and punctuation, for comparing spellings.

    >>> maker_name("Sea-Bird Electronics, Inc.") == maker_name("SEA BIRD ELECTRONICS")
    True
    """
    return re.sub(r"[\W_]+", "", _LEGAL.sub(" ", fold(text)))


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for maker in makers().values():
        for name in (maker.name_en, maker.name_zh, *maker.aliases):
            found.setdefault(maker_name(name), maker.key)
    return found


def find_maker(text: str) -> KnownMaker | None:
    """The maker that this spelling means, or None when it is not known."""
    key = _by_name().get(maker_name(text)) if text.strip() else None
    return makers()[key] if key else None
