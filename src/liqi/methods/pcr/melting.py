"""Melting of PCR products: curves in, melting temperatures and the number of products of every well out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.pcr._melting import Melt, melt
from liqi.methods.pcr._plate import Plates, Reaction
from liqi.methods.pcr._reading import FORMATS, KINDS, read_plates

DATA = Path(__file__).with_name("data")
WITHIN_C, MOST_SPREAD_C, LEAST_OF_RUN = 1.0, 0.5, 0.05
_CONTROLS = ("ntc", "nac", "nrt")
_MOST_TARGETS, _MOST_CURVES = 6, 12
_RULE = "MIQE 2.0 (Clin. Chem. 71:634, 2025)"
_TITLES = {
    "single": Text("one product in each sample", "每个样本仅一个产物", "每個樣本僅一個產物"),
    "expected": Text("the expected product", "为预期产物", "為預期產物"),
    "same": Text("one temperature in all wells", "各孔熔解温度一致", "各孔熔解溫度一致"),
    "ntc": Text("no-template controls hold no product", "无模板对照无产物", "無模板對照無產物"),
}


@dataclass(frozen=True, slots=True)
class MeltedWell:
    """A well with the peaks of its melting curve."""

    run: str
    reaction: Reaction
    melt: Melt


def melted(plates: Plates, least_share: float = 0.1) -> list[MeltedWell]:
    """Return every well that has a melting curve, with its peaks."""
    found = []
    for run in plates.runs:
        if run.melting is None:
            continue
        for reaction, curve in zip(run.reactions, run.melting.fluorescence, strict=True):
            told = melt(run.melting.temperature_c, curve, least_share)
            if told is not None:
                found.append(MeltedWell(run.name, reaction, told))
    return [_without_noise(one, found) for one in found]


def _without_noise(well: MeltedWell, wells: Sequence[MeltedWell]) -> MeltedWell:
    """Return the well without peaks of less than a twentieth of the highest of its target in the run."""
    heights = [
        one.melt.peaks[0].height
        for one in wells
        if one.melt.peaks and (one.run, one.reaction.target) == (well.run, well.reaction.target)
    ]
    least = LEAST_OF_RUN * max(heights, default=0.0)
    peaks = tuple(one for one in well.melt.peaks if one.height >= least)
    return replace(well, melt=replace(well.melt, peaks=peaks))


def _groups(wells: Sequence[MeltedWell]) -> dict[str, list[MeltedWell]]:
    found: dict[str, list[MeltedWell]] = {}
    for one in wells:
        found.setdefault(one.reaction.target, []).append(one)
    return found


def _main(wells: Sequence[MeltedWell]) -> list[float]:
    return [w.melt.peaks[0].temperature_c for w in wells if w.melt.peaks and w.reaction.kind not in _CONTROLS]


def _checks(plates: Plates, wells: Sequence[MeltedWell]) -> Iterator[Check]:
    samples = [one for one in wells if one.reaction.kind not in _CONTROLS and one.melt.peaks]
    several = [one.reaction.well for one in samples if len(one.melt.peaks) > 1]
    told = f"{len(samples) - len(several)} of {len(samples)}" + (f" (not {', '.join(several[:6])})" if several else "")
    yield Check("single", _TITLES["single"], bool(samples) and not several, told, "all", _RULE)
    for target, group in _groups(samples).items():
        expected = plates.target(target).melting_temperature_c
        if expected is not None:
            off = [one for one in group if abs(one.melt.peaks[0].temperature_c - expected) > WITHIN_C]
            told = f"{len(group) - len(off)} of {len(group)} ({target})"
            yield Check("expected", _TITLES["expected"], not off, told, f"{expected:g} ± {WITHIN_C:g} °C", "RDML")
        for run in dict.fromkeys(one.run for one in group):
            temperatures = _main([one for one in group if one.run == run])
            if len(temperatures) < 3:
                continue
            spread = float(np.std(temperatures, ddof=1))
            told = f"SD {spread:.2f} °C ({target})"
            yield Check("same", _TITLES["same"], spread <= MOST_SPREAD_C, told, f"<= {MOST_SPREAD_C:g} °C")
    controls = [one for one in wells if one.reaction.kind in _CONTROLS]
    if controls:
        full = [one.reaction.well for one in controls if _holds_product(one, wells)]
        told = f"{len(full)} of {len(controls)}" + (f" ({', '.join(full[:6])})" if full else "")
        yield Check("ntc", _TITLES["ntc"], not full, told, "0", _RULE, fails=True)


def _holds_product(control: MeltedWell, wells: Sequence[MeltedWell]) -> bool:
    """Whether a control melts where the samples of its target do, at least a tenth as strongly."""
    group = [one for one in wells if one.reaction.target == control.reaction.target]
    temperatures = _main(group)
    heights = [one.melt.peaks[0].height for one in group if one.melt.peaks and one.reaction.kind not in _CONTROLS]
    if not temperatures:
        return False
    usual, high = float(np.median(temperatures)), float(np.median(heights))
    return any(abs(one.temperature_c - usual) <= WITHIN_C and one.height >= high / 10 for one in control.melt.peaks)


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    plates = read_plates(paths[0], melting=True)
    progress(1, 2, "melting")
    wells = melted(plates, parameters["least_share"] / 100)
    if not wells:
        raise UnreadableFile(
            paths[0], "no melting curve", f"melting curves in {FORMATS}", "export the melting curves too"
        )
    checks = [*_checks(plates, wells)]
    answer = Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(wells, checks),
        findings=[*_findings(wells)],
        tables=[checks_table(checks), _table(wells)],
        plots=_plots(wells),
        detail={"format": plates.format, "wells": len(wells), "checks": [one.as_json() for one in checks]},
    )
    progress(2, 2, "melting")
    return answer


def _sentence(wells: Sequence[MeltedWell], checks: Sequence[Check]) -> Text:
    peaks = sum(bool(one.melt.peaks) for one in wells)
    said = (
        f"{len(wells)} melting curves, {peaks} with a product.",
        f"共 {len(wells)} 条熔解曲线，{peaks} 条有产物。",
        f"共 {len(wells)} 條熔解曲線，{peaks} 條有產物。",
    )
    return with_failed(said, checks)


def _findings(wells: Sequence[MeltedWell]) -> Iterator[Finding]:
    """The middle of each target's main peaks; u joins the scatter of the wells and half a step of temperature."""
    for target, group in _groups(wells).items():
        temperatures = _main(group)
        if temperatures:
            step = next(one.melt.peaks[0].u_c for one in group if one.melt.peaks)
            scatter = float(np.std(temperatures, ddof=1)) / len(temperatures) ** 0.5 if len(temperatures) > 1 else 0.0
            extra = {"wells": len(temperatures), "rule": "highest peak of -dF/dT"}
            yield Finding(
                f"melting temperature {target}",
                float(np.median(temperatures)),
                "°C",
                (scatter**2 + step**2) ** 0.5,
                extra,
            )
    if not any(_main(group) for group in _groups(wells).values()):
        yield Finding("products", 0, "wells", 1.0, {})


def _table(wells: Sequence[MeltedWell]) -> Table:
    columns = (
        Column("well", Text("well", "孔位", "孔位")),
        Column("sample", Text("sample", "样本", "樣本")),
        Column("target", Text("target", "靶标", "標的")),
        Column("products", Text("products", "产物数", "產物數")),
        Column("temperature", Text("melting temperature", "熔解温度", "熔解溫度"), "°C", 2),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "°C", 2),
        Column("width", Text("width", "峰宽", "峰寬"), "°C", 2),
        Column("share", Text("share", "占比", "占比"), "%", 1),
        Column("others", Text("other peaks (°C)", "其他峰（°C）", "其他峰（°C）")),
    )
    rows = []
    for one in wells:
        row: dict[str, Any] = {"well": one.reaction.well, "sample": one.reaction.sample, "target": one.reaction.target}
        row["products"] = len(one.melt.peaks)
        if one.melt.peaks:
            main, *others = one.melt.peaks
            row |= {"temperature": main.temperature_c, "u": main.u_c, "width": main.width_c, "share": 100 * main.share}
            row |= {"others": ", ".join(f"{each.temperature_c:.1f}" for each in others)}
        rows.append(row)
    return Table("melting", Text("Melting peaks", "熔解峰", "熔解峰"), columns, rows)


def _plots(wells: Sequence[MeltedWell]) -> list[Plot]:
    made = []
    for target, group in list(_groups(wells).items())[:_MOST_TARGETS]:
        places = np.unique(np.linspace(0, len(group) - 1, min(_MOST_CURVES, len(group))).astype(int))
        series = [
            {
                "label": f"{one.reaction.well} {one.reaction.sample}".strip(),
                "x": one.melt.temperature_c.round(3).tolist(), "y": [float(f"{y:.5g}") for y in one.melt.derivative],
            }
            for one in (group[place] for place in places)
        ]  # fmt: skip
        temperatures = _main(group)
        marks = (
            [{"label": f"{np.median(temperatures):.1f}", "x": round(float(np.median(temperatures)), 2)}]
            if temperatures
            else []
        )
        title = Text(f"Melting, {target}", f"熔解曲线，{target}", f"熔解曲線，{target}")
        x_title = Text("temperature (°C)", "温度（°C）", "溫度（°C）")
        made.append(
            Plot(
                f"melting-{target}",
                "line",
                title,
                x_title,
                Text("-dF/dT", "-dF/dT", "-dF/dT"),
                {"series": series, "marks": marks},
            )
        )
    return made


METHOD = Method(
    id="qpcr.melt",
    version="0.1",
    title=Text("Melting temperatures of PCR products", "PCR 产物熔解曲线", "PCR 產物熔解曲線"),
    technique="qpcr",
    accepts=KINDS,
    function=_run,
    parameters=(
        Parameter(
            "least_share", "number", 10.0,
            Text("least peak, of the highest", "最小峰（占最高峰）", "最小峰（占最高峰）"),
            unit="%", minimum=1, maximum=100,
        ),
    ),
    example=(DATA / "melting.rdml",),
    libraries=("numpy", "scipy"),
    expected=Expected("review", {"melting temperature CRE": (85.7, 0.2)}),
    research_use_only=True,
)  # fmt: skip
