"""Concentration and purity by absorbance: A260/A280, Beer and Lambert, a calibration line: `uvvis.purity`."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Finding
from liqi.methods._check import checks_table, verdict_of
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.calibration import Line, fit_line
from liqi.methods.optical._absorbances import Sample, read_samples
from liqi.methods.optical._files import KINDS
from liqi.methods.optical._purity_wording import checks as checks_of
from liqi.methods.optical._purity_wording import plots, sentence, table
from liqi.methods.optical._sheet import rows_of
from liqi.methods.readers import sniff
from liqi.methods.uncertainty import Budget, Contribution, budget_table, propagate

DATA = Path(__file__).with_name("data")
FACTORS = {"dsDNA": 50.0, "ssDNA": 33.0, "RNA": 40.0, "protein": 1000.0}
"""ug/mL of an absorbance of one over 1 cm (Sambrook and Russell, Molecular Cloning, A8.20); protein 1 A = 1 mg/mL."""


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    samples: list[Sample] = []
    for done, path in enumerate(paths):
        progress(done, len(paths), "reading")
        samples += read_samples(path, sniff(path), float(parameters["baseline"]))
    line = _line(parameters["calibration"])
    results = [_result(one, parameters, line) for one in samples]
    results = [one for one in results if one]
    if not results:
        raise UnreadableFile(
            paths[0], "no absorbance", "A260 and A280, or a spectrum in nm", "export the results again"
        )
    checks = checks_of(results, parameters["analyte"], line)
    progress(len(paths), len(paths), "reading")
    budgets = {one["name"]: one["budget"] for one in results if one.get("budget")}
    return Answer(
        verdict=verdict_of(checks) if checks else "measured",
        sentence=sentence(results, [one for one in checks if not one.passed]),
        findings=[finding for one in results for finding in one["findings"]],
        tables=[
            table(results), *([checks_table(checks)] if checks else []),
            *([budget_table(dict(list(budgets.items())[:5]))] if budgets else []),
        ],
        plots=plots(samples, line),
        detail={"analyte": parameters["analyte"], "checks": [one.as_json() for one in checks]},
    )  # fmt: skip


def _line(path: str | None) -> Line | None:
    if not path:
        return None
    rows = rows_of(Path(path))
    pairs = []
    for row in rows:
        try:
            pairs.append((float(row[0]), float(row[1])))
        except (ValueError, IndexError):
            continue
    try:
        return fit_line([one[0] for one in pairs], [one[1] for one in pairs])
    except BadParameter as problem:
        expected = "rows of concentration and absorbance, three at least"
        raise UnreadableFile(path, str(problem.found), expected, "add standards") from None


def _result(sample: Sample, parameters: Mapping[str, Any], line: Line | None) -> dict[str, Any]:
    """Everything that one sample gives; nothing where it has no absorbance at all."""
    analyte, path_cm, epsilon = parameters["analyte"], float(parameters["path"]), float(parameters["epsilon"])
    asked = float(parameters["wavelength"])
    u_of = _uncertainty(parameters)
    told: dict[str, Any] = {"name": sample.name, "findings": [], "sample": sample, "reported": sample.reported}
    first, second, third = (sample.at(nm) for nm in (260, 280, 230))
    told |= {"a260": first, "a280": second, "a230": third}
    nucleic = not epsilon and line is None and not asked
    if first is not None and second:
        told["ratio_280"] = _ratio(first, second, u_of)
        told["findings"].append(Finding(f"{sample.name} A260/A280", told["ratio_280"][0], "1", told["ratio_280"][1]))
    elif sample.ratio_280 is not None:
        told["ratio_280"] = (sample.ratio_280, sample.ratio_280 * math.sqrt(2) * float(parameters["u_relative"]) / 100)
        told["findings"].append(
            Finding(f"{sample.name} A260/A280", *_with_unit(told["ratio_280"]), {"as_reported": True})
        )
    if first is not None and third:
        told["ratio_230"] = _ratio(first, third, u_of)
    elif sample.ratio_230 is not None:
        told["ratio_230"] = (sample.ratio_230, sample.ratio_230 * math.sqrt(2) * float(parameters["u_relative"]) / 100)
    if "ratio_230" in told:
        told["findings"].append(Finding(f"{sample.name} A260/A230", *_with_unit(told["ratio_230"])))
    main = 280.0 if analyte == "protein" else 260.0
    if nucleic and sample.at(main) is not None:
        factor = sample.factor or FACTORS[analyte]
        absorbance = float(sample.at(main) or 0.0)
        quantities = [
            Contribution(f"A{main:.0f}", absorbance, u_of(absorbance), unit="A", source="photometer"),
            Contribution("path", path_cm, 0.01 * path_cm, unit="cm", source="cuvette, 1 %"),
        ]
        budget = propagate(lambda path, **a: a[f"A{main:.0f}"] * factor / path, quantities, "ug/mL")
        extra = {"rule": f"A{main:.0f} x {factor:g} ug/mL", "reported": sample.reported}
        told["findings"].append(Finding(sample.name, budget.value, "ug/mL", budget.combined, extra))
        told |= {"value": budget.value, "u": budget.combined, "unit": "ug/mL", "budget": budget}
    elif not nucleic or sample.spectrum is not None:
        told |= _by_law(sample, asked, epsilon, path_cm, line, u_of)
    return told if told["findings"] else {}


def _with_unit(pair: tuple[float, float]) -> tuple[float, str, float]:
    return pair[0], "1", pair[1]


def _uncertainty(parameters: Mapping[str, Any]) -> Any:
    fixed, share = float(parameters["u_absorbance"]), float(parameters["u_relative"]) / 100
    return lambda value: math.hypot(fixed, share * value)


def _ratio(first: float, second: float, u_of: Any) -> tuple[float, float]:
    """The ratio of two absorbances with the uncertainty that both bring."""
    value = first / second
    return value, math.hypot(u_of(first), value * u_of(second)) / abs(second)


def _by_law(
    sample: Sample, asked: float, epsilon: float, path_cm: float, line: Line | None, u_of: Any
) -> dict[str, Any]:
    """Absorbance at a wavelength, the highest where none is asked, and the concentration that it means."""
    spectrum = sample.spectrum
    if spectrum is not None and not asked:
        asked = float(spectrum.x[int(spectrum.bands.argmax())])
    absorbance = sample.at(asked) if spectrum is not None or asked else None
    if absorbance is None:
        absorbance = sample.absorbances.get(0)
    if absorbance is None:
        return {}
    told: dict[str, Any] = {"absorbance": absorbance, "wavelength": asked}
    where = f" at {asked:g} nm" if asked else ""
    findings = [Finding(f"{sample.name}{where}", absorbance, "A", u_of(absorbance))]
    if line is not None:
        reading = line.read(absorbance)
        low, high = reading.interval()
        extra = {"low": low, "high": high, "rule": "calibration line"}
        findings.insert(0, Finding(sample.name, reading.value, "1", reading.uncertainty, extra))
        told |= {"value": reading.value, "u": reading.uncertainty, "unit": ""}
    elif epsilon:
        quantities = [
            Contribution("A", absorbance, u_of(absorbance), unit="A", source="photometer"),
            Contribution("path", path_cm, 0.01 * path_cm, unit="cm", source="cuvette, 1 %"),
            Contribution("epsilon", epsilon, 0.01 * epsilon, unit="L/(mol cm)", source="table, 1 %"),
        ]
        budget: Budget = propagate(lambda **q: 1e6 * q["A"] / (q["epsilon"] * q["path"]), quantities, "umol/L")
        findings.insert(
            0, Finding(sample.name, budget.value, "umol/L", budget.combined, {"rule": "c = A / (epsilon l)"})
        )
        told |= {"value": budget.value, "u": budget.combined, "unit": "umol/L", "budget": budget}
    return told | {"findings": findings}


METHOD = Method(
    id="uvvis.purity",
    version="0.1",
    title=Text("Concentration and purity by absorbance", "紫外可见浓度与纯度", "紫外可見濃度與純度"),
    technique="uvvis",
    accepts=(*KINDS, "xlsx"),
    function=_run,
    many_files=True,
    parameters=(
        Parameter("analyte", "choice", "dsDNA", Text("analyte", "待测物", "待測物"), choices=tuple(FACTORS)),
        Parameter("path", "number", 1.0, Text("path length", "光程", "光程"), unit="cm", minimum=0.001, maximum=100),
        Parameter(
            "wavelength", "number", 0.0,
            Text("wavelength; 0: as the analyte asks, or the highest band", "波长（0 为自动）", "波長（0 為自動）"),
            unit="nm", minimum=0, maximum=3000,
        ),
        Parameter(
            "epsilon", "number", 0.0,
            Text("molar absorption coefficient; 0: none", "摩尔吸光系数（0 为不用）", "莫耳吸光係數（0 為不用）"),
            unit="L/(mol cm)", minimum=0, maximum=1e7,
        ),
        Parameter(
            "baseline", "number", 340.0,
            Text("wavelength of the baseline; 0: none", "基线校正波长（0 为不校正）", "基線校正波長（0 為不校正）"),
            unit="nm", minimum=0, maximum=3000,
        ),
        Parameter(
            "u_absorbance", "number", 0.005, Text("uncertainty of an absorbance", "吸光度不确定度", "吸光度不確定度"),
            unit="A", minimum=0, maximum=1,
        ),
        Parameter(
            "u_relative", "number", 1.0, Text("and as a share of it", "吸光度相对不确定度", "吸光度相對不確定度"),
            unit="%", minimum=0.001, maximum=50,
        ),
        Parameter(
            "calibration", "file", None,
            Text("standards: concentration and absorbance", "标准系列（浓度、吸光度）", "標準系列（濃度、吸光度）"),
            formats=("table", "peaks", "xlsx"),
        ),
    ),
    example=(DATA / "nanodrop.csv",),
    expected=Expected("pass", {"Sample 1": (715.45, 0.5), "Sample 1 A260/A280": (1.882, 0.002)}),
    libraries=("numpy", "lxml"),
)  # fmt: skip
