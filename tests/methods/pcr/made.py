"""Exports of PCR machines made for tests, with curves whose answer is known."""

import math
import zipfile
from pathlib import Path

CYCLES = range(1, 41)
LEVELS = {"A": 1e6, "B": 1e5, "C": 1e4, "D": 1e3, "E": 1e2}


def curve(copies: float, factor: float = 1.95, baseline: float = 0.4) -> list[float]:
    """Return growth by a factor a cycle that runs into a plateau, on a baseline."""
    signal, found = copies * 2e-11, []
    for _ in CYCLES:
        signal *= 1 + (factor - 1) / (1 + signal / 2.0) ** 1.5
        found.append(baseline + signal)
    return found


def wells() -> list[tuple[str, str, str, float | None, list[float]]]:
    """Return well, sample, task, quantity and curve: five standards twice, a sample twice, an empty control."""
    made: list[tuple[str, str, str, float | None, list[float]]] = []
    for row, copies in LEVELS.items():
        for column in (1, 2):
            made.append((f"{row}{column}", f"std {copies:g}", "STANDARD", copies, curve(copies)))
    for column in (1, 2):
        made.append((f"F{column}", "river", "UNKNOWN", None, curve(2e4)))
        made.append((f"G{column}", "empty", "NTC", None, [0.4 + 0.0001 * math.sin(n) for n in CYCLES]))
    return made


def quantstudio(path: Path) -> Path:
    """Write the text export of a QuantStudio."""
    lines = [
        "* Block Type = 96-Well Block",
        "* Chemistry = TAQMAN",
        "* Experiment Name = made",
        "* Instrument Type = QuantStudio 5",
        "",
    ]
    lines += ["[Sample Setup]", "Well\tWell Position\tSample Name\tTarget Name\tTask\tReporter\tQuantity"]
    for n, (well, sample, task, quantity, _) in enumerate(wells(), 1):
        lines.append(f"{n}\t{well}\t{sample}\tTP53\t{task}\tFAM\t{'' if quantity is None else f'{quantity:,.1f}'}")
    lines += ["", "[Amplification Data]", "Well\tWell Position\tCycle\tTarget Name\tRn\tDelta Rn"]
    for n, (well, *_, points) in enumerate(wells(), 1):
        lines += [f"{n}\t{well}\t{c}\tTP53\t{y:.6f}\t0" for c, y in zip(CYCLES, points, strict=True)]
    lines += ["", "[Results]", "Well\tWell Position\tSample Name\tTarget Name\tTask\tC\u0442"]
    for n, (well, sample, task, _, _) in enumerate(wells(), 1):
        lines.append(f"{n}\t{well}\t{sample}\tTP53\t{task}\t{'Undetermined' if task == 'NTC' else 20 + n / 10}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def workbook(path: Path) -> Path:
    """Write the same as a workbook."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    setup, amplified = book.add_worksheet("Sample Setup"), book.add_worksheet("Amplification Data")
    for sheet in (setup, amplified):
        sheet.write_row(0, 0, ["Experiment Name", "made"])
        sheet.write_row(1, 0, ["Instrument Type", "QuantStudio 5"])
    setup.write_row(3, 0, ["Well", "Well Position", "Sample Name", "Target Name", "Task", "Quantity"])
    amplified.write_row(3, 0, ["Well", "Well Position", "Cycle", "Target Name", "Rn", "\u0394Rn"])
    row = 4
    for n, (well, sample, task, quantity, points) in enumerate(wells(), 1):
        setup.write_row(3 + n, 0, [n, well, sample, "TP53", task, quantity if quantity is not None else ""])
        for c, y in zip(CYCLES, points, strict=True):
            amplified.write_row(row, 0, [n, well, c, "TP53", y, 0])
            row += 1
    book.close()
    return path


def rdes(path: Path) -> Path:
    """Write the same as RDES."""
    lines = ["\t".join(["Well", "Sample", "Sample Type", "Target", "Target Type", "Dye", "Cq", *map(str, CYCLES)])]
    kinds = {"STANDARD": "std", "UNKNOWN": "unkn", "NTC": "ntc"}
    for well, sample, task, _, points in wells():
        lines.append("\t".join([well, sample, kinds[task], "TP53", "toi", "FAM", "", *(f"{y:.6f}" for y in points)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def cfx_results(path: Path) -> Path:
    """Write the Cq results of a CFX: standards of a slope of -3.4."""
    lines = [",Well,Fluor,Target,Content,Sample,Cq,Starting Quantity (SQ)"]
    for row, copies in LEVELS.items():
        for column in (1, 2):
            lines.append(
                f",{row}{column:02d},SYBR,GAPDH,Std-{row},,{40 - 3.4 * math.log10(copies) + 0.02 * column},{copies:.4E}"
            )
    lines.append(",F01,SYBR,GAPDH,Unkn-1,river,26.4,NaN")
    lines.append(",G01,SYBR,GAPDH,NTC,,NaN,NaN")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def cfx_curves(path: Path) -> Path:
    """Write the amplification results of a CFX, a column a well."""
    made = wells()
    lines = [",Cycle," + ",".join(well for well, *_ in made)]
    for place, cycle in enumerate(CYCLES):
        lines.append(f",{cycle}," + ",".join(f"{points[place]:.6f}" for *_, points in made))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rdml(path: Path, xml: str, zipped: bool = True) -> Path:
    """Write RDML, in a ZIP as the standard asks or alone."""
    if not zipped:
        path.write_text(xml, encoding="utf-8")
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rdml_data.xml", xml)
    return path
