"""Facilities of the example: real ones from ROR, MERIL, ESFRI and the list of light sources; synthetic beside them.

The sources give name and place. Class, kind, field and stages are read from the name and category by simple rules, so
these records carry low confidence; the synthetic ones are spread unevenly, so that the chain has gaps to show.
"""

import random
import re
from collections.abc import Iterator
from datetime import datetime

from liqi.catalogue._example.rows import Row, number, real, synthetic, table
from liqi.catalogue.models import Facility, FacilityStatus, Institution
from liqi.taxonomy import FACILITY_KINDS, FIELDS, divisions, find_place, short_name

_FIELD_WORDS = (
    ("medicine", r"医|药|病|癌|肿瘤|神经|卫生|medic|health|clinical|cancer|biobank|imaging|patient"),
    ("life_sciences", r"生物|生命|蛋白|基因|细胞|遗传|植物|动物|微生物|bio|genom|protein|cell|marine lab|mouse"),
    ("agriculture", r"农|作物|小麦|水稻|棉花|畜|食品|茶|agri|crop|food|forest|plant"),
    ("astronomy", r"天文|空间|宇航|航天|telescope|space|astro|observatory|cosmic|orbit"),
    ("materials", r"材料|金属|陶瓷|高分子|纤维|晶体|硅|material|nano|polymer|surface"),
    ("chemistry", r"化学|化工|催化|chem|cataly"),
    ("energy", r"能源|煤|电网|电力|石油|油气|核|动力|燃烧|energy|solar|nuclear|fusion|wind|reactor"),
    (
        "environment",
        r"环境|海洋|大气|地质|地震|水|冰|气候|遥感|污染|土壤|湖泊|ocean|climat|earth|environ|sea|polar|atmos",
    ),
    ("information", r"信息|网络|计算|软件|通信|集成电路|光电|微波|智能|comput|data|network|grid|software|digital"),
    ("physics", r"物理|光学|量子|激光|磁|低温|phys|laser|synchrotron|x-ray|beam|neutron|magnet|accelerator|quantum"),
    ("social_sciences", r"社会|经济|语言|人文|archive|survey|social|museum|librar|histor|language|gallery|cultur"),
    (
        "engineering",
        r"工程|机械|制造|交通|建筑|土木|车|船|航空|水利|engineer|wind tunnel|vehicle|hydraul|aircraft|vessel",
    ),
)
_DOMAINS = {
    "Earth and Environmental Sciences": "environment",
    "Biological and Medical Sciences": "life_sciences",
    "Physics, Astronomy, Astrophysics and Mathematics": "physics",
    "Engineering and Energy": "engineering",
    "Chemistry and Material Sciences": "materials",
    "Humanities and Arts": "social_sciences",
    "Social Sciences": "social_sciences",
    "Information Science and Technology": "information",
    "Energy": "energy",
    "Environment": "environment",
    "Health & Food": "medicine",
    "Physical Sciences & Engineering": "physics",
    "Social & Cultural Innovation": "social_sciences",
    "e-RI": "information",
}
_KIND_WORDS = (
    ("service_platform", r"data|archive|librar|collection|comput|network|repositor|register|grid|database|museum"),
    ("pilot_base", r"pilot|demonstration|中试"),
    (
        "large_facility",
        r"telescope|light source|neutron|synchrotron|reactor|aircraft|vessel|accelerator|observator|nuclear",
    ),
    ("innovation_centre", r"translational|innovation|创新中心"),
    ("research_institute", r"工程技术研究中心|工程研究中心|工程中心|研究院$"),
)
_STAGES = {
    "laboratory": ("frontier_research", "applied_research"),
    "innovation_centre": ("applied_research", "industrial_technology"),
    "research_institute": ("applied_research", "industrial_technology"),
    "proof_of_concept": ("industrial_technology",),
    "pilot_base": ("industrial_technology", "industrialisation"),
    "industrial_park": ("industrialisation",),
    "large_facility": ("frontier_research",),
    "service_platform": ("applied_research",),
}
_MADE_UP = (
    ("proof_of_concept", "概念验证中心", "proof-of-concept centre", 10),
    ("pilot_base", "中试基地", "pilot base", 16),
    ("industrial_park", "仪器产业园", "instrument park", 14),
    ("service_platform", "分析测试公共技术服务平台", "analytical service platform", 64),
    ("innovation_centre", "技术创新中心", "technology innovation centre", 12),
    ("research_institute", "新型研发机构", "new research institute", 12),
)
_CITIES = (
    *("110000", "310000", "340100", "440300", "440100", "320100", "320500", "330100", "370200", "420100"),
    *("500000", "510100", "610100", "210200", "410100", "430100", "350200", "120000"),
)


def facilities(institutions: list[Institution], now: datetime) -> list[Facility]:
    """Every facility of the example, real ones first."""
    found: dict[str, Facility] = {}
    for facility in (*_laboratories(institutions, now), *_light_sources(now), *_esfri(now), *_meril(now)):
        found.setdefault(facility.key, facility)
    return [*found.values(), *_synthetic(now)]


def _first(words: tuple[tuple[str, str], ...], text: str, otherwise: str) -> str:
    return next((code for code, pattern in words if re.search(pattern, text.lower())), otherwise)


def _classed(facility: Facility, kind: str, field: str, stages: tuple[str, ...] = ()) -> Facility:
    facility.kind = kind
    facility.facility_class = FACILITY_KINDS[kind].facility_class
    facility.field = field
    facility.stages = list(stages or _STAGES[kind])
    return facility


def _laboratories(institutions: list[Institution], now: datetime) -> Iterator[Facility]:
    """Laboratories and centres that ROR lists as organisations of China."""
    for one in institutions:
        if one.country != "CN" or not re.search(r"实验室$|工程技术研究中心|工程研究中心|创新中心", one.name):
            continue
        facility = Facility(
            key=f"lab-{one.key}",
            name=one.name,
            name_en=one.name_en,
            institution=one,
            country=one.country,
            province=one.province,
            city=one.city,
            latitude=one.latitude,
            longitude=one.longitude,
            website=one.website,
            **real("ROR", one.key, "CC0-1.0", {}, now, "low"),
        )
        yield _classed(
            facility, _first(_KIND_WORDS, one.name, "laboratory"), _first(_FIELD_WORDS, one.name, "engineering")
        )


def _light_sources(now: datetime) -> Iterator[Facility]:
    for row in table("light_sources.csv"):
        facility = Facility(
            key=f"light-{slug(row['code'])}" + ("" if row["kind"] == "synchrotron" else "-fel"),
            name=row["name"],
            name_en=row["name"],
            description="synchrotron light source" if row["kind"] == "synchrotron" else "free-electron laser",
            status=FacilityStatus.OPERATING if row["active"] in ("1", "True") else FacilityStatus.CLOSED,
            country=row["country"],
            city=row["city"],
            latitude=number(row["latitude"]),
            longitude=number(row["longitude"]),
            website=row["website"],
            **real("XAS Data Library", f"{row['kind']} {row['code']}", "public domain", row, now),
        )
        yield _classed(facility, "large_facility", "physics", ("frontier_research", "applied_research"))


def _esfri(now: datetime) -> Iterator[Facility]:
    for row in table("esfri.csv"):
        facility = Facility(
            key=f"esfri-{slug(row['Name'])}",
            name=f"{row['Full Name']} ({row['Name']})",
            name_en=f"{row['Full Name']} ({row['Name']})",
            status=FacilityStatus.OPERATING if row["Type"] == "Landmark" else FacilityStatus.PLANNED,
            country=country(row["Country"]),
            city=row["Town"],
            latitude=number(row["Lat"]),
            longitude=number(row["Long"]),
            **real("ESFRI roadmap 2016", row["Name"], "facts; Apache-2.0 compilation", row, now),
        )
        yield _classed(facility, "large_facility", _DOMAINS.get(row["Field"], "physics"))


def _meril(now: datetime) -> Iterator[Facility]:
    domains = {row["name"]: row for row in table("meril_domains.csv")}
    for place, row in enumerate(table("meril.csv")):
        more: Row = domains.get(row["name"], {})
        text = f"{row['name']} {more.get('category', '')}"
        closed = "Under construction" in more.get("status", "")
        facility = Facility(
            key=f"meril-{place:03d}",
            name=row["name"],
            name_en=row["name"],
            description=more.get("category", ""),
            status=FacilityStatus.BUILDING if closed else FacilityStatus.OPERATING,
            country=country(more.get("country", "")),
            latitude=number(row["lat"]),
            longitude=number(row["lng"]),
            **real("MERIL", row["name"], "CC BY 4.0", row, now, "low"),
        )
        field = _DOMAINS.get(more.get("domain", ""), "") or _first(_FIELD_WORDS, text, "engineering")
        yield _classed(facility, _first(_KIND_WORDS, text, "laboratory"), field)


def _synthetic(now: datetime) -> Iterator[Facility]:
    """Platforms, pilot bases and parks of a few cities; many fields have none, as in the documents."""
    dice = random.Random(20260901)
    fields = ("life_sciences", "materials", "chemistry", "medicine", "information", "environment", "physics")
    serial = 0
    for kind, word, word_en, count in _MADE_UP:
        for _ in range(count):
            serial += 1
            at = divisions()[dice.choice(_CITIES)]
            field = dice.choice(fields if kind == "service_platform" else fields[:5])
            assert at.latitude is not None
            assert at.longitude is not None
            facility = Facility(
                key=f"syn-f{serial:03d}",
                name=f"示例 {short_name(at.name_zh)}{FIELDS[field].zh_hans}{word} {serial:03d}",
                name_en=f"Example {at.name_en} {FIELDS[field].en.lower()} {word_en} {serial:03d}",
                description="合成示例记录，不代表任何真实机构。 Synthetic example record.",
                country="CN",
                province=f"{at.code[:2]}0000",
                city=at.name_zh,
                latitude=round(at.latitude + dice.uniform(-0.08, 0.08), 4),
                longitude=round(at.longitude + dice.uniform(-0.08, 0.08), 4),
                **synthetic(f"facility {serial}", now),
            )
            yield _classed(facility, kind, field)


def country(name: str) -> str:
    """The ISO code of a country's name, or nothing."""
    code = find_place(name.strip()) if name.strip() else None
    return code if code and len(code) == 2 else ""


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens, for a key."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
