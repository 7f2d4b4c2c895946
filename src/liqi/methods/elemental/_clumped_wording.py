"""The burns behind clumping on the absolute scale, from files of cycles or a table, and how what was found is told."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from liqi.methods._answer import Column, Finding, Notice, Table
from liqi.methods._check import Check
from liqi.methods._errors import UnreadableFile
from liqi.methods._text import Text
from liqi.methods.elemental._clumped import ABSOLUTE, Absolute, Burn, Scale, standard_of
from liqi.methods.elemental._inlet import Inlet
from liqi.methods.elemental._table import column, number, read_table

EXPECTED = "a table with a row a gas and columns sample, d45, d46 and d47 (against the working gas)"
MOST_SD = 0.03
RULE = "I-CDES (Bernasconi et al. 2021), pooled (Daëron 2021)"
_STANDARDS = Text("standards agree on the scale of Δ47", "标准碳酸盐的 Δ47 标度一致", "標準碳酸鹽的 Δ47 標度一致")


def burn_of(inlet: Inlet) -> Burn | None:
    """Return the mean deltas of a gas measured in cycles; None where mass 47 is not among them."""
    deltas = inlet.deltas()
    if not {45, 46, 47} <= set(deltas) or inlet.masses[0] != 44:
        return None
    return Burn("", inlet.name, *(float(deltas[mass].mean()) for mass in (45, 46, 47)))


def read_burns(path: Path) -> list[Burn]:
    """Return the gases of a table; one without the columns, or with a cell that is no number, raises."""
    rows = read_table(path, EXPECTED)
    heads = [one for one in rows[0] if one]
    sample = column(heads, r"sample.*", r"name", r"identifier.*", r"样品.*", r"樣品.*")
    places = [column(heads, rf"[dδ] ?{mass}.*", rf"delta ?{mass}.*") for mass in (45, 46, 47)]
    session = column(heads, r"session.*", r"day", r"批次", r"序列")
    if sample is None or None in places:
        found = f"columns {', '.join(heads)}"[:120]
        raise UnreadableFile(path, found, EXPECTED, "name the columns so")
    burns = []
    for place, row in enumerate(rows, 2):
        values = [number(row.get(one or "", "")) for one in places]
        if not row.get(sample) and not any(one is not None for one in values):
            continue
        if any(one is None or not abs(one) < 1e4 for one in values):
            raise UnreadableFile(path, f"row {place} without three deltas", EXPECTED, "fill it in or leave it out")
        burns.append(Burn(row.get(session or "", ""), row[sample], *(one or 0.0 for one in values)))
    if not burns:
        raise UnreadableFile(path, "no gas", EXPECTED, "give the table of the session")
    return burns


def findings_of(scale: Scale) -> Iterator[Finding]:
    """Yield Delta 47 of every unknown, and the temperature a carbonate in equilibrium formed at."""
    for one in scale.unknowns:
        u = None if math.isnan(one.u) else one.u
        extra = {"scale": "I-CDES", "gases": one.count, "rule": RULE}
        if u is not None:
            extra |= {"low": one.value - one.reach, "high": one.value + one.reach}
        yield Finding(f"Δ47 I-CDES, {one.sample}", one.value, "‰", u, extra)


def table_of(burns: Sequence[Burn], scale: Scale) -> Table:
    """Return every sample with its raw and its absolute value; standards have theirs from the literature."""
    columns = (
        Column("sample", Text("sample", "样品", "樣品")),
        Column("gases", Text("gases", "测量次数", "測量次數")),
        Column("role", Text("role", "角色", "角色")),
        Column("absolute", Text("Δ47 on I-CDES", "Δ47（I-CDES）", "Δ47（I-CDES）"), "‰", 4),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "‰", 4),
        Column("temperature", Text("temperature of formation", "形成温度", "形成溫度"), "°C", 1),
        Column("u_temperature", Text("of the temperature", "温度的标准不确定度", "溫度的標準不確定度"), "°C", 1),
    )
    rows = []
    for name in dict.fromkeys(one.sample for one in burns if standard_of(one.sample)):
        kind = standard_of(name) or ""
        count = sum(one.sample == name for one in burns)
        rows.append({"sample": name, "gases": count, "role": "standard", "absolute": ABSOLUTE[kind]})
    rows += [_row(one) for one in scale.unknowns]
    return Table("clumped", Text("Δ47 on the absolute scale", "绝对标度 Δ47", "絕對標度 Δ47"), columns, rows)


def _row(one: Absolute) -> dict[str, object]:
    told = {"sample": one.sample, "gases": one.count, "role": "sample", "absolute": one.value}
    told |= {} if math.isnan(one.u) else {"u": one.u, "u_temperature": one.u_temperature_c}
    return told | {"temperature": one.temperature_c}


def checks_of(scale: Scale) -> Iterator[Check]:
    """Yield whether the residuals of the fit are as small as those of a good session."""
    if scale.freedom > 0:
        yield Check(
            "clumped standards", _STANDARDS, scale.sd <= MOST_SD, f"SD {scale.sd:.4f} ‰", f"SD <= {MOST_SD:g} ‰"
        )


def scaled(scale: Scale) -> Notice:
    """Return what the scale was made with: the working gas by the standards, in each session."""
    told = "; ".join(
        f"{f'{session}: ' if session else ''}δ13C {gas[0]:.2f} ‰ VPDB, δ18O {gas[1]:.2f} ‰ VSMOW"
        for session, gas in scale.gases.items()
    )
    return Notice(
        "clumped-scale",
        Text(f"Working gas: {told}.", f"工作气：{told}。", f"工作氣：{told}。"),
    )


def raw_alone() -> Notice:
    """Return the notice that Delta 47 stays raw, and what it takes to change that."""
    return Notice(
        "raw-clumping",
        Text(
            "Δ47 is raw, against the working gas; measure ETH-1, ETH-2 and ETH-3 with it for the absolute scale.",
            "Δ47 为相对工作气的原始值；同批测量 ETH-1、ETH-2 与 ETH-3 方可换算到绝对标度。",
            "Δ47 為相對工作氣的原始值；同批測量 ETH-1、ETH-2 與 ETH-3 方可換算到絕對標度。",
        ),
    )
