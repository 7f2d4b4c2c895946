"""Elemental analysis (CHNS/O): areas and weights in, mass fractions with their uncertainty out, held to a formula."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.elemental._burns import read_run
from liqi.methods.elemental._composition import ELEMENTS, mass_percent
from liqi.methods.elemental._factors import Burn, Factor, budget_of, factor_of
from liqi.methods.uncertainty import Budget, budget_table, student_t

DATA = Path(__file__).with_name("data")
MOST_RSD, MOST_DRIFT = 2.0, 0.01
_HABIT = "±0.4 %: 10.8 % of results on pure compounds miss it (ACS Cent. Sci. 8:855, 2022)"
_PERCENT = Notice(
    "percent",
    Text(
        "The table gives percentages, not areas: percentage times mass stands for the area, so a K factor of the "
        "standards is the day factor in percent.",
        "表中给出的是百分含量而非峰面积：以百分含量乘称样量代替峰面积，因此由标样得到的 K 因子即日校正因子（%）。",
        "表中給出的是百分含量而非峰面積：以百分含量乘稱樣量代替峰面積，因此由標樣得到的 K 因子即日校正因子（%）。",
    ),
)
_TITLES = {
    "check": Text("check standard within the tolerance", "质控标样在允差内", "質控標樣在允差內"),
    "formula": Text("sample as its formula", "样品与分子式相符", "樣品與分子式相符"),
    "replicates": Text("replicates agree", "平行样一致", "平行樣一致"),
    "factor": Text("K factors agree", "K 因子一致", "K 因子一致"),
    "drift": Text("no drift", "无漂移", "無漂移"),
    "blank": Text("blanks are there", "设有空白", "設有空白"),
    "checked": Text("a check standard is there", "设有质控标样", "設有質控標樣"),
}
_WORDS = {
    "replicates": Text("replicates", "重复测定", "重複測定"),
    "K factor": Text("K factor", "K 因子", "K 因子"),
    "blank": Text("blank", "空白", "空白"),
    "mass": Text("mass", "称量", "稱量"),
}


def _factors(burns: Sequence[Burn], drift: str) -> dict[str, Factor]:
    found = {}
    for element in ELEMENTS:
        factor = factor_of(burns, element)
        if factor is None:
            continue
        sure = student_t(0.975, factor.number - 2) * factor.u_drift if factor.number > 3 else math.inf
        moved = abs(factor.drift) > max(sure, MOST_DRIFT / 2)
        if drift == "on" or (drift == "auto" and moved):
            factor = factor_of(burns, element, correct_drift=True) or factor
        found[element] = factor
    return found


def _groups(burns: Sequence[Burn], *roles: str) -> dict[str, list[Burn]]:
    found: dict[str, list[Burn]] = {}
    for one in burns:
        if one.role in roles:
            found.setdefault(one.name, []).append(one)
    return found


def _formulas(text: str, burns: Sequence[Burn]) -> dict[str, str]:
    """Return the formula of each sample: `name=formula` with commas between, or one formula for the only sample."""
    samples = _groups(burns, "sample")
    found = {name: group[0].formula for name, group in samples.items() if group[0].formula}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, sign, formula = part.rpartition("=")
        if not sign and len(samples) != 1:
            raise BadParameter("formula", part, f"name=formula for one of {', '.join(samples) or 'no sample'}")
        name = name.strip() if sign else next(iter(samples))
        if name not in samples:
            raise BadParameter("formula", name, f"one of {', '.join(samples)}")
        mass_percent(formula.strip())
        found[name] = formula.strip()
    return {name: formula for name, formula in found.items() if formula}


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    burns, in_percent = read_run(paths[0])
    formulas = _formulas(parameters["formula"], burns)
    progress(1, 2, "calibrating")
    factors = _factors(burns, parameters["drift"])
    if not factors:
        unknown = sorted({one.name for one in burns if one.role == "standard" and not one.formula})
        found = f"standards of unknown formula ({', '.join(unknown)})" if unknown else "fewer than two standards"
        raise UnreadableFile(paths[0], found, "at least two burns of standards with a formula", "add a column formula")
    results: dict[tuple[str, str], Budget] = {}
    for name, group in _groups(burns, "sample", "check").items():
        for element, factor in factors.items():
            budget = budget_of(group, factor, parameters["u_mass"])
            if budget is not None:
                results[name, element] = budget
    checks = [*_checks(burns, factors, results, formulas, parameters["tolerance"])]
    samples = _groups(burns, "sample")
    shown = {f"{name}, {element}": one for (name, element), one in results.items() if name in samples}
    answer = Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(samples, factors, checks),
        findings=[*_findings(results, samples, factors)],
        tables=[
            _table(burns, results, formulas),
            checks_table(checks),
            _factor_table(factors),
            budget_table(shown, _WORDS),
        ],
        plots=[*_plots(burns, factors)],
        warnings=[_PERCENT] if in_percent else [],
        detail={"checks": [one.as_json() for one in checks], "formulas": formulas},
    )
    progress(2, 2, "calibrating")
    return answer


def _checks(
    burns: Sequence[Burn], factors: Mapping[str, Factor], results: Mapping[tuple[str, str], Budget],
    formulas: Mapping[str, str], tolerance: float,
) -> Iterator[Check]:  # fmt: skip
    blanks = sum(one.role == "blank" for one in burns)
    yield Check("blank", _TITLES["blank"], blanks > 0, str(blanks), ">= 1")
    controls = _groups(burns, "check")
    yield Check("checked", _TITLES["checked"], bool(controls), str(len(controls)), ">= 1")
    known = {name: group[0].formula for name, group in controls.items()} | dict(formulas)
    for (name, element), budget in results.items():
        formula = known.get(name)
        if formula is None:
            continue
        kind = "check" if name in controls else "formula"
        theory = mass_percent(formula).get(element, 0.0)
        off = budget.value - theory
        told = f"{off:+.2f} ± {budget.combined:.2f} % ({name}, {element})"
        ok = abs(off) <= tolerance
        yield Check(kind, _TITLES[kind], ok, told, f"± {tolerance:g} %", _HABIT, fails=kind == "check")
    for name, group in _groups(burns, "sample", "check").items():
        for element, factor in factors.items():
            values = [factor.percent(one) for one in group if element in one.areas]
            if len(values) > 1 and max(values) - min(values) > tolerance:
                told = f"{max(values) - min(values):.2f} % ({name}, {element})"
                yield Check("replicates", _TITLES["replicates"], False, told, f"range <= {tolerance:g} %")
    for element, factor in factors.items():
        told = f"{factor.rsd_percent:.2f} % ({element}, n = {factor.number})"
        yield Check("factor", _TITLES["factor"], factor.rsd_percent <= MOST_RSD, told, f"RSD <= {MOST_RSD:g} %")
        if factor.u_drift > 0:
            told = f"{100 * factor.drift:+.2f} ± {100 * factor.u_drift:.2f} % ({element})"
            told += ", corrected" if factor.corrected else ""
            sure = student_t(0.975, max(1, factor.number - 2)) * factor.u_drift
            still = abs(factor.drift) <= max(MOST_DRIFT, sure) or factor.corrected
            yield Check("drift", _TITLES["drift"], still, told, f"<= {100 * MOST_DRIFT:g} %, or within t u")


def _sentence(samples: Mapping[str, Any], factors: Mapping[str, Factor], checks: Sequence[Check]) -> Text:
    elements = ", ".join(factors)
    said = (
        f"{len(samples)} sample{'s' * (len(samples) != 1)}, elements {elements}.",
        f"共 {len(samples)} 个样品，元素 {elements}。",
        f"共 {len(samples)} 個樣品，元素 {elements}。",
    )
    return with_failed(said, checks)


def _findings(
    results: Mapping[tuple[str, str], Budget], samples: Mapping[str, Any], factors: Mapping[str, Factor]
) -> Iterator[Finding]:
    for (name, element), budget in results.items():
        if name in samples:
            extra = {"sample": name, "element": element, "expanded": budget.expanded(), "rule": "K factor"}
            yield Finding(f"{element}, {name}", budget.value, "%", budget.combined or None, extra)
    for element, factor in factors.items():
        yield Finding(f"K factor {element}", factor.value, "1/mg", factor.u or None, {"standards": factor.number})


def _table(burns: Sequence[Burn], results: Mapping[tuple[str, str], Budget], formulas: Mapping[str, str]) -> Table:
    columns = (
        Column("sample", Text("sample", "样品", "樣品")),
        Column("element", Text("element", "元素", "元素")),
        Column("n", Text("burns", "测定次数", "測定次數")),
        Column("found", Text("found", "实测", "實測"), "%", 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "%", 3),
        Column("expanded", Text("U (95 %)", "U（95 %）", "U（95 %）"), "%", 3),
        Column("theory", Text("by formula", "理论值", "理論值"), "%", 3),
        Column("off", Text("difference", "差值", "差值"), "%", 3),
    )
    groups = _groups(burns, "sample", "check")
    rows = []
    for (name, element), budget in results.items():
        formula = formulas.get(name) or groups[name][0].formula
        theory = mass_percent(formula).get(element, 0.0) if formula else None
        row: dict[str, Any] = {"sample": name, "element": element, "n": len(groups[name]), "found": budget.value}
        row |= {"u": budget.combined, "expanded": budget.expanded(), "theory": theory}
        rows.append(row | {"off": budget.value - theory if theory is not None else None})
    return Table("composition", Text("Composition", "元素组成", "元素組成"), columns, rows)


def _factor_table(factors: Mapping[str, Factor]) -> Table:
    columns = (
        Column("element", Text("element", "元素", "元素")),
        Column("k", Text("K factor", "K 因子", "K 因子"), "1/mg", 1),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "1/mg", 1),
        Column("n", Text("standards", "标样数", "標樣數")),
        Column("rsd", Text("RSD", "相对标准偏差", "相對標準偏差"), "%", 2),
        Column("blank", Text("blank", "空白", "空白"), "area", 1),
        Column("drift", Text("drift over the run", "全程漂移", "全程漂移"), "%", 2),
    )
    rows = [
        {
            "element": one.element, "k": one.value, "u": one.u, "n": one.number, "rsd": one.rsd_percent,
            "blank": one.blank, "drift": 100 * one.drift,
        }
        for one in factors.values()
    ]  # fmt: skip
    return Table("factors", Text("K factors", "K 因子", "K 因子"), columns, rows)


def _plots(burns: Sequence[Burn], factors: Mapping[str, Factor]) -> Iterator[Plot]:
    """Each standard's own K over the mean, in the order of the run."""
    series = []
    for element, factor in factors.items():
        points = []
        for one in burns:
            held = mass_percent(one.formula).get(element, 0.0) if one.formula and one.role == "standard" else 0.0
            if held > 0 and element in one.areas:
                value = (one.areas[element] - factor.blank) / (held / 100 * one.mass_mg)
                points.append((one.place + 1, round(100 * (value / factor.value - 1), 4), one.name))
        label = {"label": element, "x": [x for x, _, _ in points], "y": [y for _, y, _ in points]}
        series.append(label | {"names": [name for _, _, name in points]})
    title = Text("K factors over the run", "K 因子随测定顺序", "K 因子隨測定順序")
    x_title, y_title = (
        Text("row of the run", "测定顺序", "測定順序"),
        Text("off the mean (%)", "偏离均值（%）", "偏離平均（%）"),
    )
    places = [one.place + 1 for one in burns]
    zero = {"label": Text("mean", "均值", "平均").as_json(), "x": [min(places), max(places)], "y": [0.0, 0.0]}
    yield Plot("factors", "points", title, x_title, y_title, {"series": series, "lines": [zero]})


METHOD = Method(
    id="ea.chns",
    version="0.1",
    title=Text("Elemental composition (CHNS/O)", "有机元素分析（CHNS/O）", "有機元素分析（CHNS/O）"),
    technique="chn",
    accepts=("table",),
    function=_run,
    parameters=(
        Parameter(
            "formula", "text", "", Text("formula (name=formula)", "分子式（名称=分子式）", "分子式（名稱=分子式）"),
        ),
        Parameter(
            "tolerance", "number", 0.4, Text("tolerance, absolute", "允差（绝对）", "允差（絕對）"), unit="%",
            minimum=0.01, maximum=10,
        ),
        Parameter(
            "u_mass", "number", 0.002, Text("u of a weighing", "称量标准不确定度", "稱量標準不確定度"),
            unit="mg", minimum=0, maximum=1,
        ),
        Parameter(
            "drift", "choice", "auto", Text("correct a drift of K", "K 因子漂移校正", "K 因子漂移校正"),
            choices=("auto", "on", "off"),
        ),
    ),
    example=(DATA / "ea_run.csv",),
    libraries=("numpy", "molmass"),
    expected=Expected("pass", {"C, unknown": (60.0, 0.2), "H, unknown": (4.48, 0.1), "N, unknown": (0.0, 0.1)}),
)  # fmt: skip
