"""Purity by quantitative NMR: one spectrum with an internal standard in, a mass fraction with its budget out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.nmr import _wording
from liqi.methods.nmr._analysis import Analysis, Question, analyse, parse_regions, places_of
from liqi.methods.nmr._figures import figures
from liqi.methods.nmr._multiplets import Multiplet
from liqi.methods.nmr._reading import READERS, read_nmr
from liqi.methods.nmr.one_d import PARAMETERS
from liqi.methods.uncertainty import Budget, Contribution, budget_table, propagate

DATA = Path(__file__).with_name("data")
LEAST_SIGNAL_TO_NOISE, LEAST_T1 = 150.0, 5.0
_TITLES = {
    "signal": Text("signal-to-noise ratio of both signals", "两信号信噪比", "兩訊號訊噪比"),
    "relaxation": Text("repetition time against T1", "重复时间与 T1 之比", "重複時間與 T1 之比"),
    "alone": Text("distance of the regions", "积分区间间距", "積分區間間距"),
    "range": Text("purity not above 100 %", "纯度不超过 100 %", "純度不超過 100 %"),
}
_WORDS = {
    "analyte_integral": Text("integral of the analyte", "样品峰积分", "樣品峰積分"),
    "reference_integral": Text("integral of the standard", "内标峰积分", "內標峰積分"),
    "analyte_mg": Text("mass of the sample", "样品称样量", "樣品稱樣量"),
    "reference_mg": Text("mass of the standard", "内标称样量", "內標稱樣量"),
    "reference_purity": Text("purity of the standard", "内标纯度", "內標純度"),
}


@dataclass(frozen=True, slots=True)
class Compound:
    """A signal of a compound: its region, how many nuclei make it, the compound's molar mass in g/mol."""

    low_ppm: float
    high_ppm: float
    nuclei: float
    molar_mass: float


def molar_mass_of(words: str) -> float:
    """Return a molar mass in g/mol: a number as it is, a formula by the atomic weights of molmass.

    >>> round(molar_mass_of("C4H4O4"), 2), molar_mass_of("116.07")
    (116.07, 116.07)
    """
    try:
        value = float(words)
    except ValueError:
        from molmass import Formula, FormulaError

        try:
            value = float(Formula(words).mass)
        except (FormulaError, ValueError, KeyError):
            raise BadParameter("formula", words, "a formula such as C4H4O4, or a molar mass in g/mol") from None
    if not 1 <= value < 1e6:
        raise BadParameter("formula", words, "a molar mass from 1 to 1,000,000 g/mol")
    return value


def purity_of(found: Analysis, analyte: Compound, reference: Compound, parameters: Mapping[str, Any]) -> Budget:
    """Return the mass fraction of the analyte in per cent with its budget.

    P = I_a/I_r x N_r/N_a x M_a/M_r x m_r/m_a x P_r (Malz and Jancke, J. Pharm. Biomed. Anal. 38:813, 2005; USP <761>).
    """
    first, second = (_integral(found, one) for one in (analyte, reference))
    spread = parameters["integration_percent"] / 100
    fixed = reference.nuclei / analyte.nuclei * analyte.molar_mass / reference.molar_mass

    def purity(
        analyte_integral: float,
        reference_integral: float,
        analyte_mg: float,
        reference_mg: float,
        reference_purity: float,
    ) -> float:
        return analyte_integral / reference_integral * fixed * reference_mg / analyte_mg * reference_purity

    def integral(name: str, one: Multiplet) -> Contribution:
        u = (one.u_integral**2 + (spread * one.integral) ** 2) ** 0.5
        return Contribution(name, one.integral, u, source="noise and integration")

    quantities = [
        integral("analyte_integral", first),
        integral("reference_integral", second),
        Contribution("analyte_mg", parameters["analyte_mg"], parameters["balance_mg"], unit="mg", source="balance"),
        Contribution("reference_mg", parameters["reference_mg"], parameters["balance_mg"], unit="mg", source="balance"),
        Contribution(
            "reference_purity", parameters["reference_purity"], parameters["u_reference_purity"], unit="%",
            source="certificate",
        ),
    ]  # fmt: skip
    return propagate(purity, quantities, "%")


def _integral(found: Analysis, one: Compound) -> Multiplet:
    """Return the region's integral above a straight line through the means of its outer twentieths."""
    first, last = places_of(found.spectrum, one.low_ppm, one.high_ppm)
    values = found.spectrum.intensity[first : last + 1]
    edge = max(3, values.size // 20)
    if values.size < 4 * edge:
        raise BadParameter("region", f"{values.size} points", "a region of a dozen points or more")
    low, high = float(values[:edge].mean()), float(values[-edge:].mean())
    total = float((values - np.linspace(low, high, values.size)).sum())
    if not total > 5 * found.noise * values.size**0.5:
        limits = f"{one.high_ppm:g} to {one.low_ppm:g} ppm"
        raise BadParameter("region", limits, "a region with a signal above the baseline")
    u = found.noise * (values.size + values.size**2 / (2 * edge)) ** 0.5
    each = next(each for each in found.multiplets if abs(each.low_ppm - one.low_ppm) < 1e-9)
    return replace(each, integral=total, u_integral=max(u, 1e-9 * total))


def _compound(parameters: Mapping[str, Any], which: str) -> Compound:
    regions = parse_regions(parameters[f"{which}_region"])
    if len(regions) != 1:
        raise BadParameter(f"{which}_region", parameters[f"{which}_region"], "one region in ppm, such as 6.4-6.1")
    _, low, high = regions[0]
    return Compound(low, high, parameters[f"{which}_nuclei"], molar_mass_of(parameters[f"{which}_formula"]))


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    if len(paths) != 1:
        do = "ask one spectrum at a time; `liqi batch` runs many"
        raise UnreadableFile(paths[0], f"{len(paths)} files", "one", do)
    progress(0, 1, "reading")
    measurement = read_nmr(paths[0])
    analyte, reference = _compound(parameters, "analyte"), _compound(parameters, "reference")
    regions = "; ".join(f"{one.high_ppm}:{one.low_ppm}" for one in (analyte, reference))
    names = ("phase", "broadening_hz", "baseline", "reference", "observe_mhz")
    question = Question(**{name: parameters[name] for name in names}, regions=regions)
    found = analyse(measurement, question)
    budget = purity_of(found, analyte, reference, parameters)
    progress(1, 1, "reading")
    return _answer(found, analyte, reference, budget, parameters)


def _answer(
    found: Analysis, analyte: Compound, reference: Compound, budget: Budget, parameters: Mapping[str, Any]
) -> Answer:
    checks = [*_checks(found, analyte, reference, budget, parameters), *_wording.checks_of(found)]
    expanded = budget.expanded()
    told = f"{budget.value:.2f} % ± {expanded:.2f} %"
    said = (
        f"Purity {told} by mass (95 %).",
        f"纯度（质量分数）{told}（95 %）。",
        f"純度（質量分率）{told}（95 %）。",
    )
    extra = {"expanded": float(f"{expanded:.3g}"), "k": round(budget.coverage_factor(), 2)}
    scaled = replace(found, scale=analyte.nuclei / max(found.multiplets[0].integral, 1e-300))
    return Answer(
        verdict=verdict_of(checks),
        sentence=with_failed(said, checks),
        findings=[Finding("purity", round(budget.value, 4), "%", float(f"{budget.combined:.3g}"), extra)],
        tables=[
            _signal_table(found, analyte, reference),
            budget_table({"purity": budget}, _WORDS),
            checks_table(checks),
        ],
        plots=figures(scaled),
        tags=[SYNTHETIC] if SYNTHETIC in found.measurement.title.lower() else [],
        detail={"format": found.measurement.format, "checks": [one.as_json() for one in checks]},
    )


def _checks(
    found: Analysis, analyte: Compound, reference: Compound, budget: Budget, parameters: Mapping[str, Any]
) -> list[Check]:
    heights = []
    for one in (analyte, reference):
        first, last = places_of(found.spectrum, one.low_ppm, one.high_ppm)
        heights.append(float(found.spectrum.intensity[first : last + 1].max()))
    lowest = min(heights) / (2 * found.noise) if found.noise > 0 else float("inf")
    gap = max(reference.low_ppm - analyte.high_ppm, analyte.low_ppm - reference.high_ppm)
    expected = f">= {LEAST_SIGNAL_TO_NOISE:g}"
    made = [
        Check("signal", _TITLES["signal"], lowest >= LEAST_SIGNAL_TO_NOISE, f"{lowest:.0f}", expected, "USP <761>"),
        Check("alone", _TITLES["alone"], gap > 0, f"{gap:.3f} ppm", "> 0 ppm", fails=True),
        Check(
            "range", _TITLES["range"], budget.value - budget.expanded() <= 100, f"{budget.value:.2f} %", "<= 100 % + U"
        ),
    ]
    decay, told = found.measurement.decay, found.measurement.facts.get("relaxation_delay_s", "")
    try:
        delay = float(told)
    except ValueError:
        delay = float("nan")
    waited = delay + (decay.points.size / decay.sweep_hz if decay else 0.0)
    if parameters["repetition_s"]:
        waited = parameters["repetition_s"]
    ratio = waited / parameters["t1_s"] if parameters["t1_s"] else float("nan")
    words = f"{ratio:.1f} T1" if ratio == ratio else "-"
    made.append(
        Check("relaxation", _TITLES["relaxation"], ratio >= LEAST_T1, words, f">= {LEAST_T1:g} T1", "USP <761>")
    )
    return made


def _signal_table(found: Analysis, analyte: Compound, reference: Compound) -> Table:
    columns = (
        Column("signal", Text("signal", "信号", "訊號")),
        Column("from", Text("from", "自", "自"), "ppm", 3),
        Column("to", Text("to", "至", "至"), "ppm", 3),
        Column("nuclei", Text("nuclei", "核数", "核數"), "1", 0),
        Column("molar_mass", Text("molar mass", "摩尔质量", "莫耳質量"), "g/mol", 3),
        Column("integral", Text("integral", "积分", "積分"), "a.u.", None),
        Column("u_integral", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "a.u.", None),
    )
    names = (Text("analyte", "样品", "樣品"), Text("standard", "内标", "內標"))
    rows = []
    for name, one in zip(names, (analyte, reference), strict=True):
        each = _integral(found, one)
        row = {"signal": name.as_json(), "from": one.high_ppm, "to": one.low_ppm, "nuclei": float(one.nuclei)}
        row |= {"molar_mass": one.molar_mass, "integral": float(f"{each.integral:.6g}")}
        rows.append(row | {"u_integral": float(f"{each.u_integral:.2g}")})
    return Table("signals", Text("Signals", "定量信号", "定量訊號"), columns, rows)


def _number(
    name: str, default: float, unit: str, title: Text, least: float = 0.0, most: float | None = None
) -> Parameter:
    return Parameter(name, "number", default, title, unit=unit, minimum=least, maximum=most)


def _text(name: str, default: str, title: Text) -> Parameter:
    return Parameter(name, "text", default, title)


_COMPOUNDS = (
    _text("analyte_region", "7.80-7.50", Text("analyte: region (ppm)", "样品峰积分区间 (ppm)", "樣品峰積分區間 (ppm)")),
    _number("analyte_nuclei", 1.0, "1", Text("analyte: nuclei", "样品峰核数", "樣品峰核數"), 1e-3),
    _text(
        "analyte_formula", "C8H10N4O2",
        Text("analyte: formula or molar mass", "样品分子式或摩尔质量", "樣品分子式或莫耳質量"),
    ),
    _number("analyte_mg", 10.0, "mg", Text("analyte: mass", "样品称样量", "樣品稱樣量"), 1e-6),
    _text(
        "reference_region", "6.41-6.11",
        Text("standard: region (ppm)", "内标峰积分区间 (ppm)", "內標峰積分區間 (ppm)"),
    ),
    _number("reference_nuclei", 2.0, "1", Text("standard: nuclei", "内标峰核数", "內標峰核數"), 1e-3),
    _text(
        "reference_formula", "C4H4O4",
        Text("standard: formula or molar mass", "内标分子式或摩尔质量", "內標分子式或莫耳質量"),
    ),
    _number("reference_mg", 8.0, "mg", Text("standard: mass", "内标称样量", "內標稱樣量"), 1e-6),
    _number("reference_purity", 99.9, "%", Text("standard: purity", "内标纯度", "內標純度"), 1e-3, 100),
)  # fmt: skip
_UNCERTAINTIES = (
    _number(
        "u_reference_purity", 0.05, "%",
        Text("its standard uncertainty", "内标纯度标准不确定度", "內標純度標準不確定度"),
    ),
    _number("balance_mg", 0.01, "mg", Text("standard uncertainty of a mass", "称量标准不确定度", "稱量標準不確定度")),
    _number(
        "integration_percent", 0.2, "%",
        Text("uncertainty of an integral", "积分相对标准不确定度", "積分相對標準不確定度"),
    ),
    _number("t1_s", 0.0, "s", Text("longest T1 (0: unknown)", "最长 T1（0 为未知）", "最長 T1（0 為未知）")),
    _number(
        "repetition_s", 0.0, "s",
        Text("repetition time (0: the file's)", "重复时间（0 为文件值）", "重複時間（0 為檔案值）"),
    ),
)  # fmt: skip
METHOD = Method(
    id="nmr.qnmr",
    version="0.2",
    title=Text("Purity by quantitative NMR", "定量核磁测定纯度", "定量核磁測定純度"),
    technique="nmr",
    accepts=tuple(READERS),
    function=_run,
    parameters=(*PARAMETERS, *_COMPOUNDS, *_UNCERTAINTIES),
    libraries=("numpy", "scipy", "nmrglue", "molmass"),
    example=(DATA / "synthetic-caffeine.jdx.gz",),
    expected=Expected("review", {"purity": (97.5, 0.5)}),
)  # fmt: skip
