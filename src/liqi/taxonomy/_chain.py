"""The innovation chain: four stages, three classes of facility, eight kinds, and the fields of science."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A code and its name in three scripts."""

    code: str
    zh_hans: str
    zh_hant: str
    en: str


@dataclass(frozen=True, slots=True)
class FacilityKind(Term):
    """A kind of facility and the class it belongs to."""

    facility_class: str


_STAGES = (
    Term("frontier_research", "前沿基础研究", "前沿基礎研究", "Frontier research"),
    Term("applied_research", "应用基础研究", "應用基礎研究", "Applied research"),
    Term("industrial_technology", "产业技术研究", "產業技術研究", "Industrial technology"),
    Term("industrialisation", "产业转化", "產業轉化", "Industrialisation"),
)
_CLASSES = (
    Term("research", "研究类", "研究類", "Research"),
    Term("transformation", "成果转化类", "成果轉化類", "Transformation"),
    Term("support", "支撑类", "支撐類", "Support"),
)
_KINDS = (
    FacilityKind("laboratory", "实验室", "實驗室", "Laboratory", "research"),
    FacilityKind("innovation_centre", "创新中心", "創新中心", "Innovation centre", "research"),
    FacilityKind("research_institute", "新型研发机构", "新型研發機構", "New research institute", "research"),
    FacilityKind("proof_of_concept", "概念验证中心", "概念驗證中心", "Proof-of-concept centre", "transformation"),
    FacilityKind("pilot_base", "中试基地", "中試基地", "Pilot base", "transformation"),
    FacilityKind("industrial_park", "产业园区", "產業園區", "Industrial park", "transformation"),
    FacilityKind("large_facility", "重大科技基础设施", "重大科技基礎設施", "Large research facility", "support"),
    FacilityKind(
        "service_platform",
        "公共技术服务平台",
        "公共技術服務平台",
        "Public technical service platform",
        "support",
    ),
)
_FIELDS = (
    Term("physics", "物理", "物理", "Physics"),
    Term("chemistry", "化学", "化學", "Chemistry"),
    Term("life_sciences", "生命科学", "生命科學", "Life sciences"),
    Term("medicine", "医学", "醫學", "Medicine"),
    Term("materials", "材料", "材料", "Materials"),
    Term("energy", "能源", "能源", "Energy"),
    Term("environment", "地球与环境", "地球與環境", "Earth and environment"),
    Term("astronomy", "天文与空间", "天文與太空", "Astronomy and space"),
    Term("engineering", "工程", "工程", "Engineering"),
    Term("information", "信息", "資訊", "Information"),
    Term("agriculture", "农业", "農業", "Agriculture"),
    Term("social_sciences", "人文与社会科学", "人文與社會科學", "Humanities and social sciences"),
)

STAGES: dict[str, Term] = {term.code: term for term in _STAGES}
FACILITY_CLASSES: dict[str, Term] = {term.code: term for term in _CLASSES}
FACILITY_KINDS: dict[str, FacilityKind] = {kind.code: kind for kind in _KINDS}
FIELDS: dict[str, Term] = {term.code: term for term in _FIELDS}
