"""Numbers with units in a need, each with the quantity that it is about."""

import re
from collections.abc import Iterator
from functools import cache

from liqi.taxonomy import Measure, UnknownUnit, canonical, find_measures, fold, quantities, units_named

_CLAUSE = re.compile(r"[,，;；。.、!?！？]\s|[，；。、！？]|\b(?:and|with|then)\b")
REACH = 24
"""How many signs away the name of a quantity may stand from its number."""

Found = tuple[str, float | None, float | None, str]

_BY_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        "length",
        r"feature|line ?width|linewidth|detail|structure|线宽|特征|结构|精度|图形|lines?\b|线条",
        "smallest_feature",
    ),
    ("length", r"resol|see |分辨|解析|pixel|voxel|像素|看清", "spatial_resolution"),
    ("length", r"film|coating|layer|oxide|膜|涂层|镀层|层厚", "film_thickness"),
    ("length", r"rough|粗糙", "roughness"),
    ("length", r"wafer|晶圆|晶片|硅片", "wafer_size"),
    ("length", r"part|print|piece|build|workpiece|零件|工件|打印|构件|成型", "part_size"),
    ("length", r"trench|etch|deep|刻蚀|沟槽|深", "etch_depth"),
    ("length", r"particle|powder|粒|粉", "particle_size_range"),
    ("length", r"pore|孔", "pore_size_range"),
    ("length", r"wavelength|laser|波长|激光", "wavelength_range"),
    ("length", r"sample|specimen|样品|试样", "sample_size"),
    ("voltage", r"electron|TEM|SEM|加速|电镜|beam|束", "accelerating_voltage"),
    ("frequency", r"NMR|nuclear|核磁|proton|氢谱", "proton_frequency"),
    ("frequency", r"sampl|frame|fps|采样|帧", "sampling_rate"),
    ("time", r"pulse|resol|脉冲|时间分辨", "time_resolution"),
    ("time", r"", "measuring_time"),
    ("mass", r"", "sample_mass"),
    ("volume", r"reactor|ferment|tank|vessel|bioreactor|反应|发酵|罐|放大|scale|grow", "chamber_volume"),
    ("volume", r"", "sample_volume"),
    ("temperature", r"", "temperature_range"),
    ("mass concentration", r"", "detection_limit"),
    ("fraction", r"ppb|ppt", "detection_limit"),
    ("force", r"", "force_range"),
    ("torque", r"", "torque_range"),
    ("pressure", r"vacuum|真空", "vacuum"),
    ("pressure", r"", "pressure_range"),
    ("magnetic field", r"sensitiv|weak|detect|灵敏|微弱", "magnetic_sensitivity"),
    ("magnetic field", r"", "magnetic_field"),
    ("frequency", r"", "frequency_range"),
    ("voltage", r"", "voltage_range"),
    ("current", r"leak|small|漏|微弱", "current_resolution"),
    ("current", r"", "current_range"),
    ("energy", r"resol|分辨", "energy_resolution"),
    ("energy", r"", "energy_range"),
    ("power", r"", "power"),
    ("rotation", r"", "rotation_speed"),
    ("relative force", r"", "centrifugal_force"),
    ("acceleration", r"", "acceleration"),
    ("sample rate", r"", "throughput"),
    ("rate", r"event|cell|细胞|事件", "event_rate"),
    ("base pairs", r"read|读长", "read_length"),
    ("specific area", r"", "surface_area"),
    ("viscosity", r"", "viscosity_range"),
    ("information", r"memory|内存|RAM|显存", "memory"),
    ("information", r"", "storage"),
    ("operation rate", r"", "compute"),
    ("volume rate", r"", "flow_rate"),
    ("dose rate", r"", "dose_rate_range"),
    ("sound level", r"", "noise_level"),
    ("mass per charge", r"", "mass_range"),
)
"""Dimension, words near the number, and the quantity that is then meant: where no quantity is named."""


def find(plain: str, question: str) -> Iterator[Found]:
    """The quantities that a text asks for: key, low and high in the quantity's unit, and the words."""
    seen = set()
    for measure in find_measures(plain):
        about = _clause(plain, measure)
        key = _named(about, measure) or _guessed(about, plain, measure)
        if key is None or key in seen:
            continue
        try:
            low, high = canonical(key, measure.low, measure.high, measure.unit)
        except (UnknownUnit, ArithmeticError):
            continue
        seen.add(key)
        yield key, low, high, question[measure.start : measure.end].strip()


def _clause(plain: str, measure: Measure) -> tuple[str, str]:
    """What stands before and behind the number within its clause."""
    before = re.split(_CLAUSE, plain[max(0, measure.start - REACH) : measure.start])[-1]
    behind = re.split(_CLAUSE, plain[measure.end : measure.end + REACH])[0]
    return before, behind


@cache
def _names() -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for one in quantities().values():
        for name in (one.label_en, one.label_zh, one.label_hant, *one.aliases):
            if len(name) > 2 or not name.isascii():
                found.setdefault(fold(name), one.key)
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _named(about: tuple[str, str], measure: Measure) -> str | None:
    """The quantity that is named nearest to the number and can have its unit."""
    dimensions = {unit.dimension for unit in units_named(measure.unit)} if measure.unit else {"number"}
    best: tuple[int, int, str] | None = None
    for side, text in zip(("before", "behind"), map(fold, about), strict=True):
        for name, key in _names():
            if quantities()[key].dimension not in dimensions:
                continue
            at = text.rfind(name) if side == "before" else text.find(name)
            if at < 0 or not _apart(text, at, name):
                continue
            away = len(text) - at - len(name) if side == "before" else at
            if best is None or (away, -len(name)) < best[:2]:
                best = (away, -len(name), key)
    return best[2] if best else None


def _apart(text: str, at: int, name: str) -> bool:
    if not name.isascii():
        return True
    before, after = text[at - 1 : at] if at else "", text[at + len(name) : at + len(name) + 1]
    return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha() and after != "s")


def _guessed(about: tuple[str, str], plain: str, measure: Measure) -> str | None:
    dimensions = [unit.dimension for unit in units_named(measure.unit)]
    before, behind = about
    for near in (behind[:14], before[-14:], f"{before} {behind}", plain):
        for dimension, words, key in _BY_WORDS:
            if dimension in dimensions and words and re.search(words, f"{near}", re.IGNORECASE):
                return key
    if any(re.search("ppb|ppt", measure.words, re.IGNORECASE) for _one in dimensions):
        return "detection_limit"
    for dimension, words, key in _BY_WORDS:
        if dimension in dimensions and not words:
            return key
    return None
