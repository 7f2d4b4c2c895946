"""System suitability: replicate injections in; repeatability, resolution, plates, symmetry against limits out."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import BadParameter
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.chromatography._figures import overlay
from liqi.methods.chromatography._integration import Integration
from liqi.methods.chromatography._peak import Peak
from liqi.methods.chromatography._reading import READERS
from liqi.methods.chromatography._tables import area_unit, peak_table
from liqi.methods.chromatography._targets import PARAMETERS as TARGETS
from liqi.methods.chromatography._targets import parse_targets, peaks_of, usual_targets
from liqi.methods.chromatography.area import PARAMETERS, integrated

DATA = Path(__file__).with_name("data")
_MORE_FROM_PERCENT = 2.0
_TITLES = {
    "injections": Text("injections", "进样次数", "進樣次數"),
    "found": Text("peaks missing in a run", "缺失峰", "缺失峰"),
    "area": Text("repeatability of the area", "峰面积重复性", "峰面積重複性"),
    "time": Text("repeatability of the retention time", "保留时间重复性", "滯留時間重複性"),
    "resolution": Text("resolution", "分离度", "解析度"),
    "plates": Text("plates", "理论板数", "理論板數"),
    "symmetry": Text("symmetry factor", "对称因子", "對稱因子"),
    "signal": Text("signal-to-noise ratio", "信噪比", "訊噪比"),
}
_LIMITS = (
    ("most_rsd_percent", 2.0, "%", Text("RSD of the area at most", "峰面积 RSD 上限", "峰面積 RSD 上限")),
    ("most_time_rsd_percent", 1.0, "%", Text("RSD of the time at most", "保留时间 RSD 上限", "滯留時間 RSD 上限")),
    ("least_resolution", 1.5, "1", Text("resolution at least", "分离度下限", "解析度下限")),
    ("least_plates", 2000.0, "1", Text("plates at least", "理论板数下限", "理論板數下限")),
    ("symmetry_from", 0.8, "1", Text("symmetry from", "对称因子下限", "對稱因子下限")),
    ("symmetry_to", 1.8, "1", Text("symmetry to", "对称因子上限", "對稱因子上限")),
    ("least_signal_to_noise", 10.0, "1", Text("signal-to-noise at least", "信噪比下限", "訊噪比下限")),
)


def relative_sd(values: Sequence[float]) -> float | None:
    """Return the relative standard deviation in per cent, None for fewer than two values or a mean of zero.

    >>> round(relative_sd([99.0, 100.0, 101.0]) or 0, 6)
    1.0
    """
    if len(values) < 2 or not fmean(values):
        return None
    return 100 * stdev(values) / abs(fmean(values))


def injections_needed(most_rsd_percent: float) -> int:
    """Return five injections for limits of 2 % and less, else six (USP <621>, system suitability)."""
    return 5 if most_rsd_percent <= _MORE_FROM_PERCENT else 6


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    runs: dict[str, Integration] = {}
    targets = parse_targets(parameters["targets"])
    for done, path in enumerate(paths):
        progress(done, len(paths), "integrating")
        name = path.name if path.name not in runs else f"{path.name} ({done + 1})"
        runs[name] = integrated(path, parameters)[1]
    progress(len(paths), len(paths), "integrating")
    window = parameters["window_min"]
    some = targets or usual_targets(list(runs.values()), window)
    if not some:
        raise BadParameter("targets", "no peak that every run has", "runs of the same mixture, or targets by name")
    found = peaks_of(runs, some, window)
    checks = _checks(found, len(runs), parameters)
    unit = next(iter(runs.values())).trace.unit
    failed = [one for one in checks if not one.passed]
    n, kinds = len(runs), len(found)
    said = (
        f"{n} injections, {kinds} peaks: the system is {'not ' if failed else ''}suitable.",
        f"{n} 次进样、{kinds} 个峰：系统适用性{'不符合' if failed else '符合'}要求。",
        f"{n} 次進樣、{kinds} 個峰：系統適用性{'不符合' if failed else '符合'}要求。",
    )
    return Answer(
        verdict=verdict_of(checks),
        sentence=with_failed(said, checks),
        findings=list(_findings(found, unit)),
        tables=[_summary(found, unit), checks_table(checks), peak_table(list(runs.items()))],
        plots=[overlay({name: one.trace for name, one in runs.items()}), _trend(found)],
        tags=[SYNTHETIC] if all(SYNTHETIC in name for name in runs) else [],
        detail={"checks": [one.as_json() for one in checks]},
    )


def _areas(peaks: Mapping[str, Peak | None]) -> list[float]:
    return [one.area for one in peaks.values() if one is not None]


def _checks(found: Mapping[str, Mapping[str, Peak | None]], runs: int, limits: Mapping[str, Any]) -> list[Check]:
    most = limits["most_rsd_percent"]
    needed = injections_needed(most)
    missing = sum(one is None for peaks in found.values() for one in peaks.values())
    made = [
        Check("injections", _TITLES["injections"], runs >= needed, str(runs), f">= {needed}", "USP <621>"),
        Check("found", _TITLES["found"], not missing, str(missing), "0", fails=True),
    ]
    peaks = [(name, one) for name, each in found.items() for one in each.values() if one is not None]

    def worst(key: str, values: Sequence[tuple[str, float]], bound: float, is_most: bool, digits: str) -> None:
        if not values:
            return
        name, value = (max if is_most else min)(values, key=lambda pair: pair[1])
        good = value <= bound if is_most else value >= bound
        expected = f"{'<=' if is_most else '>='} {bound:g}"
        made.append(Check(key, _TITLES[key], good, f"{value:{digits}} ({name})", expected, "USP <621>", True))

    spreads = [(name, rsd) for name, each in found.items() if (rsd := relative_sd(_areas(each))) is not None]
    times = {name: [one.time_min for one in each.values() if one is not None] for name, each in found.items()}
    drifts = [(name, rsd) for name, each in times.items() if (rsd := relative_sd(each)) is not None]
    worst("area", spreads, most, True, ".2f")
    worst("time", drifts, limits["most_time_rsd_percent"], True, ".3f")
    apart = [(name, one.resolution) for name, one in peaks if one.resolution is not None]
    worst("resolution", apart, limits["least_resolution"], False, ".2f")
    worst("plates", [(n, one.plates) for n, one in peaks if one.plates], limits["least_plates"], False, ".0f")
    low, high = limits["symmetry_from"], limits["symmetry_to"]
    known = [(name, one.symmetry) for name, one in peaks if one.symmetry is not None]
    if known:
        name, value = max(known, key=lambda pair: abs(math.log(pair[1] / math.sqrt(low * high))))
        inside = all(low <= each <= high for _, each in known)
        made.append(
            Check(
                "symmetry",
                _TITLES["symmetry"],
                inside,
                f"{value:.2f} ({name})",
                f"{low:g} - {high:g}",
                "USP <621>",
                True,
            )
        )
    heard = [(name, one.signal_to_noise) for name, one in peaks if one.signal_to_noise is not None]
    worst("signal", heard, limits["least_signal_to_noise"], False, ".0f")
    return made


def _findings(found: Mapping[str, Mapping[str, Peak | None]], unit: str) -> list[Finding]:
    """Return mean area and RSD of each peak; u(RSD) = RSD / sqrt(2 (n - 1))."""
    made = []
    for name, peaks in found.items():
        areas = _areas(peaks)
        if not areas:
            continue
        spread = stdev(areas) / math.sqrt(len(areas)) if len(areas) > 1 else None
        first = next(one for one in peaks.values() if one is not None)
        made.append(
            Finding(f"{name}, mean area", fmean(areas), area_unit(unit), spread or first.u_area, {"runs": len(areas)})
        )
        rsd = relative_sd(areas)
        if rsd:
            made.append(Finding(f"{name}, RSD of the area", rsd, "%", rsd / math.sqrt(2 * (len(areas) - 1))))
    return made


def _summary(found: Mapping[str, Mapping[str, Peak | None]], unit: str) -> Table:
    columns = (
        Column("peak", Text("peak", "峰", "峰")),
        Column("runs", Text("runs", "进样数", "進樣數")),
        Column("time", Text("mean retention time", "平均保留时间", "平均滯留時間"), "min", 3),
        Column("time_rsd", Text("RSD of the time", "保留时间 RSD", "滯留時間 RSD"), "%", 3),
        Column("area", Text("mean area", "平均峰面积", "平均峰面積"), area_unit(unit), None),
        Column("area_rsd", Text("RSD of the area", "峰面积 RSD", "峰面積 RSD"), "%", 2),
        Column("resolution", Text("lowest Rs", "最低分离度", "最低解析度"), "1", 2),
        Column("plates", Text("fewest plates", "最少板数", "最少板數"), "1", 0),
        Column("symmetry", Text("worst symmetry", "最差对称因子", "最差對稱因子"), "1", 2),
    )
    rows = []
    for name, each in found.items():
        peaks = [one for one in each.values() if one is not None]
        areas, times = [one.area for one in peaks], [one.time_min for one in peaks]
        known = [one.symmetry for one in peaks if one.symmetry is not None]
        row: dict[str, Any] = {"peak": name, "runs": len(peaks)}
        if peaks:
            row |= {"time": fmean(times), "time_rsd": relative_sd(times), "area": float(f"{fmean(areas):.6g}")}
            row |= {"area_rsd": relative_sd(areas)}
            row |= {"resolution": min((one.resolution for one in peaks if one.resolution is not None), default=None)}
            row |= {"plates": min((one.plates for one in peaks if one.plates is not None), default=None)}
            row |= {"symmetry": max(known, key=lambda value: abs(math.log(value)), default=None)}
        rows.append(row)
    return Table("suitability", Text("System suitability", "系统适用性", "系統適用性"), columns, rows)


def _trend(found: Mapping[str, Mapping[str, Peak | None]]) -> Plot:
    """The area of each peak over the injections, its own mean being 100 %."""
    series = []
    for name, peaks in list(found.items())[:8]:
        mean = fmean(_areas(peaks)) if _areas(peaks) else 1.0
        told = [(i + 1, 100 * one.area / mean) for i, one in enumerate(peaks.values()) if one is not None]
        series.append({"label": name, "x": [i for i, _ in told], "y": [round(value, 4) for _, value in told]})
    title = Text("Areas over the injections", "各次进样的峰面积", "各次進樣的峰面積")
    x_title = Text("injection", "进样序号", "進樣序號")
    return Plot(
        "areas",
        "points",
        title,
        x_title,
        Text("area (% of the mean)", "峰面积（占均值 %）", "峰面積（占平均 %）"),
        {"series": series},
    )


METHOD = Method(
    id="chrom.suitability",
    version="0.1",
    title=Text("System suitability of replicate injections", "色谱系统适用性试验", "層析系統適用性試驗"),
    technique="hplc",
    accepts=tuple(READERS),
    function=_run,
    many_files=True,
    parameters=(
        *PARAMETERS,
        *TARGETS,
        *(Parameter(name, "number", default, title, unit=unit, minimum=0) for name, default, unit, title in _LIMITS),
    ),
    libraries=("numpy", "scipy"),
    example=tuple(sorted((DATA / "injections").glob("*.csv"))),
    expected=Expected("pass", {"2.399 min, mean area": (300.0, 3.0)}),
)  # fmt: skip
