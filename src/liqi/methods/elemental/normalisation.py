"""Isotope ratios: measured delta values in, delta on the world's scales with uncertainty out, by standards."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.elemental._burns import NAMES, ROLES
from liqi.methods.elemental._normalisation import Measurement, Model, Normalised, chosen_terms, normalise
from liqi.methods.elemental._runs import of_files
from liqi.methods.elemental._scales import known, plain
from liqi.methods.elemental._table import Row, column, number, read_table, role_of
from liqi.methods.elemental.delta import KINDS
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")
EXPECTED = "a table with name, role and a measured delta (d13C, d15N, d18O, d2H, d34S) in permil"
SCALES = {"d13C": "VPDB", "d15N": "AIR", "d18O": "VSMOW", "d18O VPDB": "VPDB", "d2H": "VSMOW", "d34S": "VCDT"}
_HEADS = {
    "d13C": r"(measured |raw )?(d|delta|δ) ?13 ?c(/12c)?.*", "d15N": r"(measured |raw )?(d|delta|δ) ?15 ?n.*",
    "d18O VPDB": r"(measured |raw )?(d|delta|δ) ?18 ?o.*vpdb.*", "d18O": r"(measured |raw )?(d|delta|δ) ?18 ?o.*",
    "d2H": r"(measured |raw )?(d|delta|δ) ?(2 ?h|d).*", "d34S": r"(measured |raw )?(d|delta|δ) ?34 ?s.*",
}  # fmt: skip
_TITLES = {
    "anchors": Text("at least two anchors", "至少两个标准", "至少兩個標準"),
    "bracket": Text("anchors bracket the samples", "标准覆盖样品范围", "標準涵蓋樣品範圍"),
    "check": Text("check standard within the tolerance", "质控标样在允差内", "質控標樣在允差內"),
    "checked": Text("a check standard is there", "设有质控标样", "設有質控標樣"),
    "residual": Text("standards lie on the model", "标准残差", "標準殘差"),
    "scale": Text("scale is not compressed", "标尺未压缩", "標尺未壓縮"),
    "replicates": Text("replicates agree", "平行样一致", "平行樣一致"),
}


def read_measurements(
    path: str | Path | Sequence[Path], quantity: str = "auto", check: str = ""
) -> tuple[str, list[Measurement]]:
    """Return which delta a table or instrument files hold, and the measurements; what is missing raises.

    Files are a measurement or several each: standards are told by their name, and `check` names the check standards.
    """
    paths = [Path(path)] if isinstance(path, str | Path) else [*path]
    if not paths:
        raise BadParameter("path", path, "one table, or the files of the instrument")
    if sniff(paths[0]) in KINDS:
        return of_files(paths, quantity, check)
    if len(paths) > 1:
        raise UnreadableFile(paths[1], f"{len(paths)} tables", "one table, or files of the instrument", "join them")
    path = paths[0]
    rows = read_table(path, EXPECTED)
    heads = [head for head in rows[0] if "true" not in head and not head.startswith("u ") and "accepted" not in head]
    found = {key: head for key, pattern in _HEADS.items() if (head := column(heads, pattern))}
    if "d18O VPDB" in found and found.get("d18O") == found["d18O VPDB"]:
        del found["d18O"]
    if quantity != "auto" and quantity not in found:
        raise BadParameter("quantity", quantity, f"one of {', '.join(found) or 'none'} in this table")
    chosen = quantity if quantity != "auto" else next(iter(found), "")
    name, role = column(list(rows[0]), *NAMES), column(list(rows[0]), *ROLES)
    if not chosen or not name:
        found_words = f"columns {', '.join(rows[0])[:120]}"
        raise UnreadableFile(path, found_words, EXPECTED, "name the columns so")
    checks = {plain(one) for one in check.split(",") if one.strip()}
    return chosen, [*_measurements(path, rows, chosen, name, role, found[chosen], checks)]


def _role(row: Row, head: str | None, name: str, quantity: str, checks: set[str]) -> str | None:
    """Return what a row is; without a column that says so, standards are the materials of the isotope scales."""
    if plain(name) in checks:
        return "check"
    if head is not None:
        return role_of(row.get(head, ""))
    return role_of(name) or ("standard" if known(name, quantity) else "sample")


def _measurements(
    path: Path, rows: Sequence[Row], quantity: str, name: str, role: str | None, head: str, checks: set[str]
) -> Iterator[Measurement]:
    heads = list(rows[0])
    gas = column(heads, r"is ref\W*")
    amount = column(heads, r"amount.*", r"area.*", r"amplitude.*", r"ampl.*", r"peak area.*", r"mass.*", r"weight.*")
    true = column(heads, r"(true|accepted|certified|known)( value)?.*", "标准值")
    u_true = column(heads, r"u[_ ]?(true|accepted|certified).*", r"uncertainty.*")
    place = column(heads, "place", "line", "row", "position", "injection", "analysis", "序号")
    for at, row in enumerate(rows):
        if gas and row.get(gas, "").lower() in ("1", "true", "yes"):
            continue  # a pulse of the working gas, among Isodat's rows of peaks
        told = _role(row, role, row.get(name, ""), quantity, checks)
        value = number(row.get(head, ""))
        if told is None:
            found = f"role {row.get(role or '', '')!r} in row {at + 2}"
            raise UnreadableFile(path, found, "blank, standard, check or sample", "say what each row is")
        if told == "blank" or value is None:
            continue
        given = number(row.get(true, "")) if true else None
        listed = known(row.get(name, ""), quantity)
        u = number(row.get(u_true, "")) if u_true else None
        where = number(row.get(place, "")) if place else None
        yield Measurement(
            where if where is not None else float(at + 1), row.get(name, ""), told, value,
            number(row.get(amount, "")) if amount else None,
            given if given is not None else (listed[0] if listed else None),
            u if u is not None else (listed[1] if listed and given is None else 0.0),
        )  # fmt: skip


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    quantity, runs = read_measurements(paths, parameters["quantity"], parameters["check"])
    standards = [one for one in runs if one.role == "standard" and one.true is not None]
    if len({one.true for one in standards}) < 2:
        unknown = sorted({one.name for one in runs if one.role == "standard" and one.true is None})
        found = f"{len({one.name for one in standards})} standards with a known {quantity}"
        found += f" (not known: {', '.join(unknown)[:80]})" if unknown else ""
        raise UnreadableFile(
            paths[0], found, "at least two of different values", "add a column true, or a second standard"
        )
    progress(1, 2, "normalising")
    terms = chosen_terms(standards, parameters)
    model, found_all = normalise(runs, terms)
    checks = [*_checks(model, found_all, standards, parameters["tolerance"])]
    unit = "‰"
    scale = SCALES[quantity]
    answer = Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(quantity, scale, found_all, checks),
        findings=[*_findings(quantity, scale, unit, found_all, model)],
        tables=[_table(found_all, unit), checks_table(checks), _model_table(model, unit)],
        plots=[_plot(model, standards, quantity), _residual_plot(model, standards)],
        warnings=[*_notices(standards)],
        detail={
            "quantity": quantity,
            "scale": scale,
            "terms": list(model.terms),
            "checks": [c.as_json() for c in checks],
        },
    )
    progress(2, 2, "normalising")
    return answer


def _checks(
    model: Model, found: Sequence[Normalised], standards: Sequence[Measurement], most: float
) -> Iterator[Check]:
    anchors = {one.name: float(one.true or 0.0) for one in standards}
    yield Check("anchors", _TITLES["anchors"], len(anchors) > 1, str(len(anchors)), ">= 2", "IUPAC 2014")
    low, high = min(anchors.values()), max(anchors.values())
    samples = [one for one in found if one.role == "sample"]
    out = [one.name for one in samples if not low - most <= one.value <= high + most]
    told = f"{len(samples) - len(out)} of {len(samples)}" + (f" (not {', '.join(out[:5])})" if out else "")
    yield Check("bracket", _TITLES["bracket"], not out, told, f"{low:g} to {high:g} ‰", "two-point normalisation")
    controls = [one for one in found if one.role == "check" and one.true is not None]
    yield Check("checked", _TITLES["checked"], bool(controls), str(len(controls)), ">= 1")
    for one in controls:
        off = one.value - float(one.true or 0.0)
        told = f"{off:+.3f} ± {one.u:.3f} ‰ ({one.name})"
        yield Check("check", _TITLES["check"], abs(off) <= most, told, f"± {most:g} ‰", "", fails=True)
    if model.freedom > 0:
        told = f"{model.sd:.3f} ‰"
        yield Check("residual", _TITLES["residual"], model.sd <= most, told, f"SD <= {most:g} ‰")
    scale = model.term("scale")
    if scale is not None:
        told = f"{scale[0]:.4f}"
        yield Check("scale", _TITLES["scale"], 0.9 <= scale[0] <= 1.1, told, "0.9 to 1.1")
    wide = [one for one in found if one.number > 1 and one.sd > most]
    told = ", ".join(f"{one.name} {one.sd:.2f}" for one in wide[:5]) or "0"
    yield Check("replicates", _TITLES["replicates"], not wide, told, f"SD <= {most:g} ‰")


def _sentence(quantity: str, scale: str, found: Sequence[Normalised], checks: Sequence[Check]) -> Text:
    count = sum(one.role == "sample" for one in found)
    said = (
        f"{count} samples, {quantity.split()[0]} on {scale}.",
        f"共 {count} 个样品，{quantity.split()[0]}（{scale}）。",
        f"共 {count} 個樣品，{quantity.split()[0]}（{scale}）。",
    )
    return with_failed(said, checks)


def _findings(quantity: str, scale: str, unit: str, found: Sequence[Normalised], model: Model) -> Iterator[Finding]:
    short = quantity.split()[0]
    for one in found:
        if one.role in ("sample", "check"):
            extra = {"scale": scale, "replicates": one.number, "true": one.true if one.role == "check" else None}
            yield Finding(f"{short}, {one.name}", one.value, unit, one.u or None, extra | {"rule": "normalisation"})
    told = model.term("scale")
    if told is not None:
        yield Finding("scale factor", told[0], "1", told[1] or None, {"terms": list(model.terms)})


def _table(found: Sequence[Normalised], unit: str) -> Table:
    columns = (
        Column("name", Text("name", "名称", "名稱")),
        Column("role", Text("role", "类型", "類型")),
        Column("n", Text("replicates", "重复次数", "重複次數")),
        Column("value", Text("delta on the scale", "归一化 δ 值", "歸一化 δ 值"), unit, 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), unit, 3),
        Column("sd", Text("SD", "标准差", "標準差"), unit, 3),
        Column("true", Text("accepted", "标准值", "標準值"), unit, 3),
        Column("off", Text("difference", "差值", "差值"), unit, 3),
    )
    words = {
        "standard": Text("standard", "标准", "標準"), "check": Text("check", "质控", "質控"),
        "sample": Text("sample", "样品", "樣品"),
    }  # fmt: skip
    rows = [
        {
            "name": one.name, "role": words[one.role].as_json(), "n": one.number, "value": one.value, "u": one.u,
            "sd": one.sd if math.isfinite(one.sd) else None, "true": one.true,
            "off": one.value - one.true if one.true is not None else None,
        }
        for one in found
    ]  # fmt: skip
    return Table("delta", Text("Delta values", "δ 值", "δ 值"), columns, rows)


def _model_table(model: Model, unit: str) -> Table:
    columns = (
        Column("term", Text("term", "项", "項")),
        Column("value", Text("value", "量值", "量值"), "of its term", 5),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "of its term", 5),
    )
    words = {
        "offset": Text("offset (‰)", "截距（‰）", "截距（‰）"),
        "scale": Text("scale factor", "标尺因子", "標尺因子"),
        "drift": Text("drift (‰ a measurement)", "漂移（‰/次）", "漂移（‰/次）"),
        "linearity": Text("linearity (‰ a unit of amount)", "线性（‰/单位量）", "線性（‰/單位量）"),
    }
    rows = []
    for name in model.terms:
        told = model.term(name)
        rows.append({"term": words[name].as_json(), "value": told[0] if told else None, "u": told[1] if told else None})
    return Table("model", Text("Model of the standards", "标准模型", "標準模型"), columns, rows)


def _plot(model: Model, standards: Sequence[Measurement], quantity: str) -> Plot:
    trues = [float(one.true or 0.0) for one in standards]
    x = np.linspace(min(trues), max(trues), 20)
    offset, scale = (model.values[list(model.terms).index(name)] for name in ("offset", "scale"))
    points = {
        "label": Text("standards", "标准", "標準").as_json(), "x": trues, "y": [one.measured for one in standards],
        "names": [one.name for one in standards],
    }  # fmt: skip
    line = {
        "label": Text("model", "模型", "模型").as_json(),
        "x": x.round(4).tolist(),
        "y": (offset + scale * x).round(4).tolist(),
    }
    title = Text("Measured over accepted", "测量值与标准值", "測量值與標準值")
    x_title, y_title = (
        Text(f"accepted {quantity} (‰)", f"标准值 {quantity}（‰）", f"標準值 {quantity}（‰）"),
        Text("measured (‰)", "测量值（‰）", "測量值（‰）"),
    )
    return Plot("scale", "points", title, x_title, y_title, {"series": [points], "lines": [line]})


def _residual_plot(model: Model, standards: Sequence[Measurement]) -> Plot:
    points = {
        "label": Text("standards", "标准", "標準").as_json(), "x": [one.place for one in standards],
        "y": model.residuals.round(5).tolist(), "names": [one.name for one in standards],
    }  # fmt: skip
    places = [one.place for one in standards]
    zero = {"label": Text("model", "模型", "模型").as_json(), "x": [min(places), max(places)], "y": [0.0, 0.0]}
    title = Text("Residuals over the run", "残差随测定顺序", "殘差隨測定順序")
    x_title, y_title = Text("measurement", "测定顺序", "測定順序"), Text("residual (‰)", "残差（‰）", "殘差（‰）")
    return Plot("residuals", "points", title, x_title, y_title, {"series": [points], "lines": [zero]})


def _notices(standards: Sequence[Measurement]) -> Iterator[Notice]:
    exact = sorted({one.name for one in standards if not one.u_true})
    if exact:
        names = ", ".join(exact)[:120]
        yield Notice(
            "exact-standards",
            Text(
                f"Accepted values without uncertainty were taken as exact: {names}.",
                f"以下标准值未给出不确定度，视为准确：{names}。",
                f"以下標準值未給出不確定度，視為準確：{names}。",
            ),
        )


METHOD = Method(
    id="irms.normalise",
    version="0.1",
    title=Text("Isotope ratios on the scale (IRMS)", "稳定同位素比值归一化（IRMS）", "穩定同位素比值歸一化（IRMS）"),
    technique="irms",
    accepts=("table", *KINDS),
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "quantity", "choice", "auto", Text("which delta", "δ 值种类", "δ 值種類"), choices=("auto", *SCALES),
        ),
        Parameter(
            "drift", "choice", "auto", Text("correct drift", "漂移校正", "漂移校正"), choices=("auto", "on", "off"),
        ),
        Parameter(
            "linearity", "choice", "auto", Text("correct linearity", "线性校正", "線性校正"),
            choices=("auto", "on", "off"),
        ),
        Parameter(
            "tolerance", "number", 0.2, Text("tolerance", "允差", "允差"), unit="‰", minimum=0.001, maximum=50,
        ),
        Parameter(
            "check", "text", "",
            Text("names of check standards among files", "文件中的质控标样名", "檔案中的質控標樣名"),
        ),
    ),
    example=(DATA / "irms_run.csv",),
    expected=Expected("pass", {"d13C, leaf": (-28.5, 0.15), "d13C, sugar": (-11.9, 0.15)}),
)  # fmt: skip
