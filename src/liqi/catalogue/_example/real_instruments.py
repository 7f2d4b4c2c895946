"""Real instruments of the example: St Andrews, PNNL, the ocean observatories, X-ray absorption beamlines."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from liqi.catalogue._example.facilities import slug
from liqi.catalogue._example.rows import Row, real, table
from liqi.catalogue.models import Facility, Institution, Instrument, InstrumentStatus, Maker
from liqi.taxonomy import CLASS_EDITION, CLASS_SCHEME, find_maker, term_for

CNY_PER_USD_2014 = 6.14
"""Mean rate of 2014, the year of most prices in the ocean observatories' register."""

_OCEAN = (
    ("050104", r"ctd|conductivity|temperature"),
    ("050301", r"fluoromet|chlorophyll"),
    ("050103", r"velocity|current|adcp"),
    ("050101", r"wave"),
    ("050107", r"irradiance|photosynthetically|optical|spectrophotometer|nitrate"),
    ("050105", r"pressure|depth|bottom"),
    ("070102", r"meteorolog|wind|humidity|precipitation|flux"),
    ("050401", r"hydrophone|sonar|acoustic"),
    ("060504", r"seism|accelero|tilt|motion"),
    ("050502", r"camera|imag"),
)
_PNNL = (
    ("010201", "hrms", r"ltq|ion_trap|ft_|fticr|ftms|bruker|exactive|qstar|tof|ims|triple|qtrap|thermo"),
    ("010502", "hplc", r"lc"),
    ("010501", "gc", r"gc"),
    ("011007", "ngs", r"sequencer"),
)
_PNNL_MAKERS = (
    ("thermo", r"thermo|finnigan|ltq|exactive"),
    ("bruker", r"bruker|timstof"),
    ("agilent", r"agilent"),
    ("waters", r"waters"),
    ("sciex", r"sciex|qstar|qtrap"),
    ("shimadzu", r"shimadzu"),
    ("illumina", r"illumina"),
    ("appliedbiosystems", r"ab_"),
)
_STATUS = {
    "active": InstrumentStatus.WORKING,
    "inactive": InstrumentStatus.RETIRED,
    "operational": InstrumentStatus.WORKING,
}


class RealInstruments:
    """Builds the real instruments beside the institutions, facilities and makers that they belong to."""

    def __init__(
        self,
        institutions: list[Institution],
        facilities: list[Facility],
        makers: list[Maker],
        now: datetime,
    ) -> None:
        self._institutions = {one.name_en: one for one in institutions}
        self._facilities = {one.key: one for one in facilities}
        self._makers = {one.key: one for one in makers}
        self._now = now

    def all(self) -> Iterator[Instrument]:
        """Every real instrument of the example."""
        yield from self._st_andrews()
        yield from self._pnnl()
        yield from self._ocean()
        yield from self._beamlines()

    def _place(self, name: str) -> dict[str, Any]:
        at = self._institutions[name]
        return {
            "institution": at,
            "country": at.country,
            "city": at.city,
            "latitude": at.latitude,
            "longitude": at.longitude,
        }

    def _st_andrews(self) -> Iterator[Instrument]:
        for place, row in enumerate(table("uk_st_andrews.csv"), start=2):
            name = row["Description"].strip()
            term = term_for(name)
            code = (
                "130100" if re.search(r"\b(COMPUTER|SERVER|WORKSTATION)\b", name) else term.class_code if term else ""
            )
            maker = maker_within(name)
            yield Instrument(
                key=f"standrews-{place:04d}",
                name=name,
                name_en=name,
                description=row["Department"],
                website=row["Contact URL"] if row["Contact URL"].startswith("http") else "",
                maker=self._makers.get(maker),
                shared=True,
                time_zone="Europe/London",
                **classed(code),
                **self._place("University of St Andrews"),
                **real("University of St Andrews equipment feed", f"row {place}", "CC0-1.0", row, self._now, "low"),
            )

    def _pnnl(self) -> Iterator[Instrument]:
        for row in table("us_pnnl.csv"):
            text = f"{row['instrument_class']} {row['instrument']}".lower()
            code, technique = next(((c, t) for c, t, words in _PNNL if re.search(words, text)), ("010200", ""))
            maker = next((key for key, words in _PNNL_MAKERS if re.search(words, text)), "")
            described = row["description"].strip()
            first, _stop, more = described.partition(". ")
            name = f"{row['instrument']}: {first}" if first else row["instrument"]
            yield Instrument(
                key=f"pnnl-{row['instrument_id']}",
                name=name,
                name_en=name,
                model=row["instrument_class"].replace("_", " "),
                maker=self._makers.get(maker),
                maker_text="",
                status=_STATUS.get(row["status"].lower(), InstrumentStatus.UNKNOWN),
                description=" ".join(part for part in (more, row["operations_role"], row["room_number"]) if part),
                acquired_on=day(row["created"][:10].replace("-", "")),
                techniques=[technique] if technique else [],
                time_zone="America/Los_Angeles",
                **classed(code),
                **self._place("Pacific Northwest National Laboratory"),
                **real("PNNL instrument list", row["instrument_id"], "Apache-2.0", row, self._now),
            )

    def _ocean(self) -> Iterator[Instrument]:
        seen = set()
        for row in table("us_ooi.csv"):
            if row["uid"] in seen:
                continue
            seen.add(row["uid"])
            known = find_maker(row["maker"])
            text = row["description"].lower()
            cost = float(row["cost_usd"]) if re.fullmatch(r"\d+(\.\d+)?", row["cost_usd"]) else None
            plausible = cost is not None and 0 < cost < 5_000_000  # the register holds one price of 166 million
            yield Instrument(
                key=f"ooi-{slug(row['uid'])}",
                name=row["description"],
                name_en=row["description"],
                model=row["model"][:200],
                serial=row["serial"][:120],
                maker=self._makers.get(known.key) if known else None,
                maker_text=row["maker"],
                identifiers=[{"type": "asset", "value": row["uid"]}],
                value_cny=round(cost * CNY_PER_USD_2014, 2) if plausible and cost else None,
                acquired_on=day(row["acquired"]),
                institution=self._institutions["Woods Hole Oceanographic Institution"],
                country="US",
                time_zone="America/New_York",
                **classed(next((code for code, words in _OCEAN if re.search(words, text)), "059900")),
                **real("OOI asset register", row["uid"], "open data of a US NSF facility", row, self._now),
            )

    def _beamlines(self) -> Iterator[Instrument]:
        seen: dict[str, int] = {}
        for row in table("xas_beamlines.csv"):
            base = f"xas-{slug(row['facility'])}-{slug(row['beamline'])}"
            seen[base] = seen.get(base, 0) + 1
            key = base if seen[base] == 1 else f"{base}-{seen[base]}"
            at = self._facilities.get(f"light-{slug(row['facility'])}")
            name = f"{row['facility']} {row['beamline']} {row['name']}".strip()
            yield Instrument(
                key=key,
                name=f"{name} beamline",
                name_en=f"{name} beamline",
                description=" ".join(row["purpose"].split()),
                facility=at,
                techniques=["xas"],
                capabilities=[
                    {"quantity": quantity, "value": value, "unit": unit}
                    for quantity, value, unit in (
                        ("photon energy", row["energy_range_kev"], "keV"),
                        ("flux", row["flux"], "photons/s"),
                        ("spot size", row["spot_size"], ""),
                    )
                    if value
                ],
                status=_STATUS.get(row["status"].lower(), InstrumentStatus.UNKNOWN),
                website=row["website"] if row["website"].startswith("http") else "",
                shared=True,
                country=at.country if at else "",
                city=at.city if at else "",
                latitude=at.latitude if at else None,
                longitude=at.longitude if at else None,
                **classed("100000"),
                **real("XAS Data Library", key, "public domain", row, self._now),
            )


def classed(code: str) -> dict[str, str]:
    """The class code with its scheme and edition, or nothing of all three."""
    if not code:
        return {}
    return {"class_code": code, "class_scheme": CLASS_SCHEME, "class_edition": CLASS_EDITION}


def maker_within(name: str) -> str:
    """The key of the maker that the name begins with or contains as a word, or nothing."""
    for word in re.findall(r"[A-Za-z][A-Za-z-]{3,}", name):
        if known := find_maker(word):
            return known.key
    return ""


def day(text: str) -> date | None:
    """The day written as YYYYMMDD, or None."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


__all__ = ["RealInstruments", "Row", "classed", "day", "maker_within"]
