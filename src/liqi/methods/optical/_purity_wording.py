"""Concentrations and ratios as an answer: checks, table, figures, one sentence in three languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from liqi.methods._answer import Column, Plot, Table
from liqi.methods._check import AGAIN, Check, with_failed
from liqi.methods._text import Text
from liqi.methods.calibration import Line
from liqi.methods.optical._absorbances import Sample

_RATIOS = {"dsDNA": (1.75, 2.05), "ssDNA": (1.75, 2.10), "RNA": (1.90, 2.20), "protein": (0.40, 0.75)}
_LEAST_230, _MOST_ABSORBANCE, _ALIKE = 1.8, 2.0, 0.01
_TITLES = {
    "ratio_280": Text(
        "A260/A280 in the range of the analyte", "A260/A280 在该类物质的范围内", "A260/A280 在該類物質的範圍內"
    ),
    "ratio_230": Text("A260/A230", "A260/A230", "A260/A230"),
    "range": Text("highest absorbance measured", "最高实测吸光度", "最高實測吸光度"),
    "reported": Text("computed against reported concentration", "计算浓度与报告浓度之差", "計算濃度與報告濃度之差"),
    "line": Text("r² of the calibration line", "校准曲线 r²", "校準曲線 r²"),
}


def checks(results: Sequence[Mapping[str, Any]], analyte: str, line: Line | None) -> list[Check]:
    """Return the checks of ratios, range and line."""
    made = []
    ratios = [one["ratio_280"][0] for one in results if "ratio_280" in one]
    if ratios:
        low, high = _RATIOS[analyte]
        good = all(low <= value <= high for value in ratios)
        told = f"{min(ratios):.2f} – {max(ratios):.2f}"
        made.append(Check("ratio_280", _TITLES["ratio_280"], good, told, f"{low:g} – {high:g} ({analyte})"))
    others = [one["ratio_230"][0] for one in results if "ratio_230" in one]
    if others and analyte != "protein":
        made.append(
            Check(
                "ratio_230", _TITLES["ratio_230"], min(others) >= _LEAST_230, f"{min(others):.2f}", f"≥ {_LEAST_230:g}"
            )
        )
    spectra = [float(one["sample"].spectrum.bands.max()) for one in results if one["sample"].spectrum is not None]
    if spectra:
        top = max(spectra)
        made.append(Check("range", _TITLES["range"], top <= _MOST_ABSORBANCE, f"{top:.3f}", f"≤ {_MOST_ABSORBANCE:g}"))
    alike = [one for one in results if one.get("unit") == "ug/mL" and one["value"] and one["reported"]]
    pairs = [(one["value"], one["reported"]) for one in alike]
    if pairs:
        worst = max(abs(value / reported - 1) for value, reported in pairs)
        made.append(
            Check("reported", _TITLES["reported"], worst <= _ALIKE, f"{100 * worst:.2f} %", f"≤ {100 * _ALIKE:g} %")
        )
    if line is not None:
        made.append(Check("line", _TITLES["line"], line.r_squared >= 0.995, f"{line.r_squared:.5f}", "≥ 0.995"))
    return made


def sentence(results: Sequence[Mapping[str, Any]], failed: Sequence[Check]) -> Text:
    """Return the first sample's figure and what is to be looked at again."""
    first = next((one for one in results if "value" in one), results[0])
    count = len(results)
    if "value" in first:  # read from a line, it is in the unit of the standards, which their table does not tell
        told = f"{first['value']:.4g} ± {first['u']:.2g} {first['unit'].replace('u', 'µ', 1)}".rstrip()
    elif "absorbance" in first:
        told = f"A = {first['absorbance']:.3f} ({first['wavelength']:g} nm)"
    else:
        told = f"A260/A280 = {first['ratio_280'][0]:.2f}"
    said = [
        f"{count} samples; {first['name']}: {told}",
        f"共 {count} 个样品；{first['name']}：{told}",
        f"共 {count} 個樣品；{first['name']}：{told}",
    ]
    if count == 1:
        said = [f"{first['name']}: {told}", f"{first['name']}：{told}", f"{first['name']}：{told}"]
    return with_failed([f"{said[0]}.", f"{said[1]}。", f"{said[2]}。"], failed, AGAIN)


def table(results: Sequence[Mapping[str, Any]]) -> Table:
    """Return every sample with what is known of it."""
    columns = (
        Column("sample", Text("sample", "样品", "樣品")),
        Column("concentration", Text("concentration", "浓度", "濃度"), "ug/mL | umol/L", 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "ug/mL | umol/L", 3),
        Column("reported", Text("as reported", "仪器报告值", "儀器報告值"), "ug/mL", 3),
        Column("a260", Text("A260", "A260", "A260"), "A", 3),
        Column("a280", Text("A280", "A280", "A280"), "A", 3),
        Column("ratio_280", Text("A260/A280", "A260/A280", "A260/A280"), "1", 3),
        Column("ratio_230", Text("A260/A230", "A260/A230", "A260/A230"), "1", 3),
        Column("absorbance", Text("absorbance", "吸光度", "吸光度"), "A", 4),
        Column("wavelength", Text("wavelength", "波长", "波長"), "nm", 1),
    )
    rows = [
        {
            "sample": one["name"], "concentration": one.get("value"), "u": one.get("u"),
            "reported": one.get("reported"),
            "a260": one.get("a260"), "a280": one.get("a280"), "ratio_280": one.get("ratio_280", (None,))[0],
            "ratio_230": one.get("ratio_230", (None,))[0], "absorbance": one.get("absorbance"),
            "wavelength": one.get("wavelength"),
        }
        for one in results
    ]  # fmt: skip
    kept = [column for column in columns if any(row[column.name] is not None for row in rows)]
    return Table("samples", Text("Samples", "样品", "樣品"), kept, rows)


def plots(samples: Sequence[Sample], line: Line | None) -> list[Plot]:
    """Return the spectra, the ratios and the line where they are there."""
    spectra = [one.spectrum for one in samples if one.spectrum is not None][:12]
    made = []
    wave, absorbance = Text("wavelength (nm)", "波长 (nm)", "波長 (nm)"), Text("absorbance", "吸光度", "吸光度")
    if spectra:
        series = [
            {"label": one.name, "x": one.x.round(3).tolist(), "y": one.bands.round(6).tolist()} for one in spectra
        ]
        made.append(
            Plot("spectra", "line", Text("Spectra", "光谱", "光譜"), wave, absorbance, {"series": series, "marks": []})
        )
    ratios = [(one.name, one.at(260), one.at(280)) for one in samples]
    pairs = [(name, a / b) for name, a, b in ratios if a is not None and b]
    if len(pairs) > 1:
        title = Text("A260/A280 of each sample", "各样品 A260/A280", "各樣品 A260/A280")
        data = {"names": [one[0] for one in pairs], "values": [round(one[1], 4) for one in pairs]}
        made.append(
            Plot(
                "ratios",
                "bars",
                title,
                Text("sample", "样品", "樣品"),
                Text("A260/A280", "A260/A280", "A260/A280"),
                data,
            )
        )
    if line is not None:
        points = {"label": "", "x": line.x.tolist(), "y": line.y.tolist()}
        ends = [float(line.x.min()), float(line.x.max())]
        fitted = {"label": "", "x": ends, "y": line.at(ends).tolist()}
        title = Text("Calibration line", "校准曲线", "校準曲線")
        amount = Text("concentration", "浓度", "濃度")
        made.append(Plot("line", "points", title, amount, absorbance, {"series": [points], "lines": [fitted]}))
    return made
