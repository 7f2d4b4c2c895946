"""Delta values out of an isotope-ratio instrument's file, cycles of a dual inlet or peaks of a flow: `irms.delta`."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.elemental import _clumped_wording as clumped
from liqi.methods.elemental import _delta_wording as said
from liqi.methods.elemental._carbon_dioxide import clumping, measured_deltas
from liqi.methods.elemental._clumped import Burn, absolute
from liqi.methods.elemental._flow import FlowPeak, peaks_of, scatter_of_references
from liqi.methods.elemental._inlet import Floats, Inlet, inlet_of, mean_of, read_nu
from liqi.methods.elemental._isodat import Isodat, read_isodat
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")
EXPECTED = "a file of Nu Stable (text) or of Isodat (.did, .dxf), or a table of sample, d45, d46, d47"
KINDS = ("nu", "isodat")
LEAST_CYCLES, MOST_OFF_BALANCE, MOST_SD, MOST_OFF, MOST_AREA_OFF = 5, 5.0, 0.1, 0.05, 2.0
_CO2 = (44, 45, 46)


def read_delta_file(path: str | Path) -> Inlet | Isodat:
    """Return the cycles of a dual inlet, or the peaks and traces of a continuous flow."""
    path = Path(path)
    kind = sniff(path)
    if kind not in KINDS:
        raise UnreadableFile(path, f"a {kind} file", EXPECTED, "ask `irms.normalise` of a table of delta values")
    if kind == "nu":
        return read_nu(path)
    found = read_isodat(path)
    return inlet_of(found) if found.cycles else found


def values_of(inlet: Inlet, parameters: Mapping[str, Any]) -> dict[str, Floats]:
    """Return every delta by cycle: of each mass, and of CO2 13C, 18O and the clumping where the gas is known."""
    by_mass = inlet.deltas()
    found = {f"δ{mass}": values for mass, values in by_mass.items()}
    gas = {key: _given(parameters.get(key)) for key in ("d13C", "d18O")}
    told = {key: inlet.working_gas.get(key) if value is None else value for key, value in gas.items()}
    carbon, oxygen = told["d13C"], told["d18O"]
    if tuple(inlet.masses[:3]) != _CO2 or carbon is None or oxygen is None or not {45, 46} <= set(by_mass):
        return found
    d13c, d18o = measured_deltas(by_mass[45], by_mass[46], carbon, oxygen)
    found |= {"δ13C": d13c, "δ18O": d18o}
    if 47 in by_mass:
        found["Δ47 raw"] = clumping(by_mass[45], by_mass[46], by_mass[47], carbon, oxygen)
    return found


def _given(value: Any) -> float | None:
    return None if value in (None, "") else float(value)


@dataclass(slots=True)
class _Gathered:
    """What is said of the files, one after another; `many` where there is more than one."""

    many: bool
    findings: list[Finding] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    burns: list[Burn] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)

    def take_table(self, path: Path) -> None:
        own = clumped.read_burns(path)
        self.burns += own
        self.detail[path.name] = {"format": "table", "gases": len(own)}

    def take_inlet(self, path: Path, found: Inlet, given: Mapping[str, Any]) -> None:
        burn = clumped.burn_of(found)
        self.burns += [burn] if burn else []
        values = values_of(found, given)
        self.findings += _inlet_findings(found, values)
        self.checks += _inlet_checks(found, values)
        self.tables.append(said.cycles_table(found, values, self.many))
        self.plots.append(said.cycles_plot(found, values))
        self.notices += [] if "δ13C" in values else [said.no_gas(found.name)]
        self.detail[path.name] = {"format": found.format, "cycles": len(found.sample), "facts": dict(found.facts)}

    def take_flow(self, path: Path, found: Isodat) -> None:
        peaks = peaks_of(found)
        if not peaks:
            raise UnreadableFile(path, "no peak of a gas", EXPECTED, "evaluate the run in Isodat and save it")
        spread = scatter_of_references(peaks)
        name = found.facts.get("Identifier 1") or path.stem
        self.findings += _flow_findings(name, peaks, spread)
        self.checks += _flow_checks(name, peaks, spread)
        self.tables.append(said.peaks_table(path.name, peaks, self.many))
        self.plots += [said.trace_plot(one, peaks) for one in found.traces]
        self.detail[path.name] = {"format": "Isodat .dxf", "peaks": len(peaks), "facts": dict(found.facts)}

    def put_on_scale(self, path: Path, acid_c: float, gas: tuple[float | None, float | None]) -> None:
        """The burns are on the absolute scale where the carbonates of known Δ47 are among them."""
        scale = absolute(self.burns, acid_c, gas)
        if scale is None and not self.findings:
            do = "measure ETH-1, ETH-2 and ETH-3 in every session"
            raise UnreadableFile(path, "no three carbonates of known Δ47", clumped.EXPECTED, do)
        if scale is not None:
            self.notices.append(clumped.scaled(scale))
            self.findings = [*clumped.findings_of(scale), *self.findings]
            self.checks += clumped.checks_of(scale)
            self.tables.insert(0, clumped.table_of(self.burns, scale))
        elif any(one.name.startswith("Δ47 raw") for one in self.findings):
            self.notices.append(clumped.raw_alone())


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    given = {"d13C": parameters["gas_d13c"], "d18O": parameters["gas_d18o"]}
    made = _Gathered(len(paths) > 1)
    for at, path in enumerate(paths):
        progress(at, len(paths), path.name)
        if sniff(path) == "table":
            made.take_table(path)
            continue
        found = read_delta_file(path)
        if isinstance(found, Inlet):
            made.take_inlet(path, found, given)
        else:
            made.take_flow(path, found)
    progress(len(paths), len(paths), "")
    if made.burns:
        made.put_on_scale(paths[0], float(parameters["acid_c"]), (_given(given["d13C"]), _given(given["d18O"])))
    return Answer(
        verdict=verdict_of(made.checks),
        sentence=with_failed(said.sentence(made.findings), made.checks),
        findings=made.findings,
        tables=[*made.tables, checks_table(made.checks)],
        plots=made.plots,
        warnings=made.notices,
        tags=[SYNTHETIC] if any(SYNTHETIC in one.name.lower() for one in paths) else [],
        detail={"files": made.detail, "checks": [one.as_json() for one in made.checks]},
    )


def _inlet_findings(inlet: Inlet, values: Mapping[str, Floats]) -> Iterator[Finding]:
    for key in sorted(values, key=lambda one: (one not in said.SCALES, one)):
        mean, u, sd = mean_of(values[key])
        extra = {
            "scale": said.SCALES.get(key, "working gas"),
            "cycles": len(values[key]),
            "sd": None if math.isnan(sd) else sd,
        }
        yield Finding(f"{key}, {inlet.name}", mean, "‰", None if math.isnan(u) else u, extra | {"rule": "SD/√n"})


def _inlet_checks(inlet: Inlet, values: Mapping[str, Floats]) -> Iterator[Check]:
    name, count = inlet.name, len(inlet.sample)
    yield Check("cycles", said.TITLES["cycles"], count >= LEAST_CYCLES, f"{count} ({name})", f">= {LEAST_CYCLES}")
    away = inlet.balance_percent
    yield Check(
        "balance",
        said.TITLES["balance"],
        away <= MOST_OFF_BALANCE,
        f"{away:.2f} % ({name})",
        f"<= {MOST_OFF_BALANCE:g} %",
    )
    for key in ("δ13C", "δ18O") if "δ13C" in values else ("δ45", "δ46"):
        if key in values and len(values[key]) > 1:
            sd = mean_of(values[key])[2]
            yield Check(
                f"steady {key}",
                said.TITLES["steady"],
                sd <= MOST_SD,
                f"{key} {sd:.4f} ‰ ({name})",
                f"SD <= {MOST_SD:g} ‰",
            )
    for key, title in (("δ13C", "d 13C/12C"), ("δ18O", "d 18O/16O")):
        theirs = inlet.reported.get(title)
        if key in values and theirs is not None and theirs.shape == values[key].shape:
            off = float(np.mean(values[key] - theirs))
            yield Check(
                f"agrees {key}", said.TITLES["agrees"], abs(off) <= MOST_OFF, f"{key} {off:+.4f} ‰ ({name})",
                f"± {MOST_OFF:g} ‰",
            )  # fmt: skip


def _flow_findings(name: str, peaks: Sequence[FlowPeak], spread: Mapping[str, float]) -> Iterator[Finding]:
    for one in peaks:
        if one.is_reference or not one.deltas:
            continue
        for isotope, (value, scale) in one.deltas.items():
            if isotope == "17O":
                continue  # follows from 18O
            u = spread.get({"15N": "29/28", "13C": "45/44", "18O": "46/44"}.get(isotope, ""))
            extra = {"scale": scale, "peak": one.number, "gas": one.gas, "rule": "SD of reference pulses"}
            yield Finding(f"δ{isotope}, {name}, {one.number}", value, "‰", u, extra)


def _flow_checks(name: str, peaks: Sequence[FlowPeak], spread: Mapping[str, float]) -> Iterator[Check]:
    gases = {one.gas for one in peaks if one.gas}
    marked = {one.gas for one in peaks if one.is_reference}
    told = ", ".join(sorted(gases - marked)) or "0"
    yield Check("reference", said.TITLES["reference"], gases <= marked, f"{told} ({name})", "0")
    for key, sd in spread.items():
        yield Check(
            f"steady {key}", said.TITLES["pulses"], sd <= MOST_SD, f"{key} {sd:.4f} ‰ ({name})", f"SD <= {MOST_SD:g} ‰"
        )
    off = [
        abs(one.taken_again_mvs[mass] / area - 1) * 100
        for one in peaks
        for mass, area in [*one.areas_mvs.items()][:2]
        if area > 0 and one.taken_again_mvs.get(mass)
    ]
    if off:
        yield Check(
            "areas", said.TITLES["areas"], max(off) <= MOST_AREA_OFF, f"{max(off):.2f} % ({name})",
            f"<= {MOST_AREA_OFF:g} %",
        )  # fmt: skip


METHOD = Method(
    id="irms.delta",
    version="0.1",
    title=Text(
        "Delta values from an instrument's file (IRMS)", "由仪器文件求 δ 值（IRMS）", "由儀器檔案求 δ 值（IRMS）"
    ),
    technique="irms",
    accepts=(*KINDS, "table"),
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "gas_d13c",
            "number",
            None,
            Text("δ13C of the working gas on VPDB", "工作气 δ13C（VPDB）", "工作氣 δ13C（VPDB）"),
            unit="‰",
            minimum=-1000,
            maximum=100_000,
        ),
        Parameter(
            "gas_d18o",
            "number",
            None,
            Text("δ18O of the working gas on VSMOW", "工作气 δ18O（VSMOW）", "工作氣 δ18O（VSMOW）"),
            unit="‰",
            minimum=-1000,
            maximum=100_000,
        ),
        Parameter(
            "acid_c", "number", 90.0, Text("temperature of the acid", "酸解温度", "酸解溫度"),
            unit="°C", minimum=0, maximum=200,
        ),
    ),
    example=(DATA / "synthetic_clumped.txt",),
    expected=Expected("pass", {"δ45, SYNTHETIC": (4.0, 0.01), "δ46, SYNTHETIC": (9.0, 0.02)}),
)  # fmt: skip
