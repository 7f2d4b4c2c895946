"""Digital PCR: counted partitions in, copies per microlitre with Poisson's interval out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import BadParameter
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.pcr._partitions import (
    KINDS,
    Count,
    Partitions,
    interval_of,
    lambda_of,
    read_partitions,
    u_lambda,
)

DATA = Path(__file__).with_name("data")
FEWEST_PARTITIONS, MOST_IN_CONTROL, FULLEST = 10_000, 2, 0.99
DMIQE = "dMIQE 2020 (Clin. Chem. 66:1012)"
_UNIT = "copies/µL"
_TITLES = {
    "partitions": Text("enough partitions", "分区数足够", "分區數足夠"),
    "ntc": Text("no-template controls stay empty", "无模板对照无阳性", "無模板對照無陽性"),
    "controls": Text("no-template controls are there", "设有无模板对照", "設有無模板對照"),
    "full": Text("not saturated", "未饱和", "未飽和"),
    "machine": Text("same as the machine", "与仪器结果一致", "與儀器結果一致"),
}


@dataclass(frozen=True, slots=True)
class Concentration:
    """Copies of a target per microlitre of reaction, from all wells of a sample; `rule` names what u is from."""

    sample: str
    target: str
    kind: str
    wells: int
    positive: int
    total: int
    value: float
    uncertainty: float
    low: float
    high: float
    rule: str


def concentrations(counts: Sequence[Count], volume_nl: float, u_volume: float = 0.0) -> list[Concentration]:
    """Return the concentration of each sample and target; `u_volume` is the relative uncertainty of the volume.

    Wells of one sample are added up. Where they differ by more than Poisson's law tells, their scatter counts.
    """
    groups: dict[tuple[str, str], list[Count]] = {}
    for one in counts:
        groups.setdefault((one.sample, one.target), []).append(one)
    found = []
    for (sample, target), wells in groups.items():
        positive, total = sum(one.positive for one in wells), sum(one.total for one in wells)
        if positive >= total:
            continue
        scale = 1000.0 / volume_nl
        value = lambda_of(positive, total) * scale
        u, rule = u_lambda(positive, total) * scale, "Poisson"
        low, high = (end * scale for end in interval_of(positive, total))
        single = [one.copies_per_partition * scale for one in wells if one.positive < one.total]
        if len(single) > 1:
            mean = sum(single) / len(single)
            between = math.sqrt(sum((one - mean) ** 2 for one in single) / (len(single) - 1) / len(single))
            if between > u:
                low, high = (value - (value - low) * between / u, value + (high - value) * between / u)
                u, rule = between, "between wells"
        widened = math.hypot(u, value * u_volume) / u
        low, high = max(0.0, value - (value - low) * widened), value + (high - value) * widened
        kind = wells[0].kind
        found.append(
            Concentration(sample, target, kind, len(wells), positive, total, value, u * widened, low, high, rule)
        )
    return found


def _checks(told: Partitions, volume_nl: float) -> Iterator[Check]:
    few = [one for one in told.counts if one.total < FEWEST_PARTITIONS]
    least = min(one.total for one in told.counts)
    words = f"{least:,}" + (f" ({', '.join(one.well for one in few[:6])})" if few else "")
    yield Check("partitions", _TITLES["partitions"], not few, words, f">= {FEWEST_PARTITIONS:,}", "QX200")
    controls = [one for one in told.counts if one.kind == "ntc"]
    yield Check("controls", _TITLES["controls"], bool(controls), str(len(controls)), ">= 1", DMIQE)
    if controls:
        worst = max(controls, key=lambda one: one.positive)
        ok = worst.positive <= MOST_IN_CONTROL
        found = f"{worst.positive} ({worst.well})"
        yield Check("ntc", _TITLES["ntc"], ok, found, f"<= {MOST_IN_CONTROL}", DMIQE, fails=True)
    full = [one for one in told.counts if one.positive > FULLEST * one.total]
    highest = max(one.positive / one.total for one in told.counts)
    words = f"{100 * highest:.1f} %" + (f" ({', '.join(one.well for one in full[:6])})" if full else "")
    yield Check("full", _TITLES["full"], not full, words, f"<= {100 * FULLEST:g} % positive")
    pairs = [
        (one.copies_per_partition * 1000 / volume_nl / one.machine, one.well)
        for one in told.counts
        if one.machine and 0 < one.positive < one.total
    ]
    if pairs:
        worst_ratio, well = max(pairs, key=lambda pair: abs(pair[0] - 1))
        found = f"{100 * (worst_ratio - 1):+.2f} % ({well})"
        yield Check("machine", _TITLES["machine"], abs(worst_ratio - 1) <= 0.01, found, "within 1 %")


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    told = read_partitions(paths[0])
    volume = parameters["partition_volume"] or told.volume_nl
    if not volume:
        raise BadParameter("partition_volume", "none", "the volume of a partition in nL: this file does not tell it")
    progress(1, 2, "counting")
    found = concentrations(told.counts, volume, parameters["volume_u"] / 100)
    checks = [*_checks(told, volume)]
    answer = Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(told, found, checks),
        findings=[*_findings(found, told, parameters["reference"].strip(), volume)],
        tables=[_table(found), checks_table(checks), _well_table(told, volume)],
        plots=[_plot(found)] if found else [],
        warnings=[*_notices(volume, parameters)],
        detail={
            "format": told.format, "wells": len(told.counts), "partition_volume_nl": volume,
            "volume_from": "parameter" if parameters["partition_volume"] else told.volume_from,
            "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip
    progress(2, 2, "counting")
    return answer


def _sentence(told: Partitions, found: Sequence[Concentration], checks: Sequence[Check]) -> Text:
    wells, samples = len(told.counts), len({one.sample for one in found})
    said = (
        f"{wells} counts of partitions, {samples} samples.",
        f"共 {wells} 组分区计数，{samples} 个样本。",
        f"共 {wells} 組分區計數，{samples} 個樣本。",
    )
    return with_failed(said, checks)


def _findings(found: Sequence[Concentration], told: Partitions, reference: str, volume: float) -> Iterator[Finding]:
    if reference and all(one.target != reference for one in found):
        names = ", ".join(dict.fromkeys(one.target for one in found))
        raise BadParameter("reference", reference, f"one of {names}")
    bases = {one.sample: one for one in found if one.target == reference}
    for one in found:
        base = bases.get(one.sample)
        if base is not None and one.target != reference and base.value > 0 and one.value > 0:
            ratio = one.value / base.value
            u = ratio * math.hypot(one.uncertainty / one.value, base.uncertainty / base.value)
            yield Finding(f"{one.target} / {reference}, {one.sample}", ratio, "1", u, {"sample": one.sample})
    for one in found:
        extra = {
            "sample": one.sample, "target": one.target, "low": one.low, "high": one.high, "positive": one.positive,
            "partitions": one.total, "wells": one.wells, "rule": one.rule,
        }  # fmt: skip
        yield Finding(f"{one.target}, {one.sample}", one.value, _UNIT, one.uncertainty, extra)
    if not found:
        yield Finding("partitions", sum(one.total for one in told.counts), "partitions", 1.0, {"volume_nl": volume})


def _table(found: Sequence[Concentration]) -> Table:
    columns = (
        Column("sample", Text("sample", "样本", "樣本")),
        Column("target", Text("target", "靶标", "標的")),
        Column("wells", Text("wells", "孔数", "孔數")),
        Column("partitions", Text("partitions", "分区数", "分區數")),
        Column("positive", Text("positive", "阳性数", "陽性數")),
        Column("concentration", Text("concentration", "浓度", "濃度"), _UNIT, 2),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), _UNIT, 2),
        Column("low", Text("95 % from", "95 % 下限", "95 % 下限"), _UNIT, 2),
        Column("high", Text("to", "上限", "上限"), _UNIT, 2),
        Column("rule", Text("uncertainty by", "不确定度来源", "不確定度來源")),
    )
    words = {
        "Poisson": Text("Poisson", "泊松分布", "卜瓦松分布"),
        "between wells": Text("between wells", "孔间", "孔間"),
    }
    rows = [
        {
            "sample": one.sample, "target": one.target, "wells": one.wells, "partitions": one.total,
            "positive": one.positive, "concentration": one.value, "u": one.uncertainty, "low": one.low,
            "high": one.high, "rule": words[one.rule].as_json(),
        }
        for one in found
    ]  # fmt: skip
    return Table("concentrations", Text("Concentrations", "浓度", "濃度"), columns, rows)


def _well_table(told: Partitions, volume_nl: float) -> Table:
    columns = (
        Column("well", Text("well", "孔位", "孔位")),
        Column("sample", Text("sample", "样本", "樣本")),
        Column("target", Text("target", "靶标", "標的")),
        Column("partitions", Text("partitions", "分区数", "分區數")),
        Column("positive", Text("positive", "阳性数", "陽性數")),
        Column("mean", Text("copies per partition", "每分区拷贝数", "每分區拷貝數"), "1", 4),
        Column("concentration", Text("concentration", "浓度", "濃度"), _UNIT, 2),
        Column("machine", Text("of the machine", "仪器给出", "儀器給出"), _UNIT, 2),
    )
    rows = []
    for one in told.counts:
        mean = one.copies_per_partition
        row = {"well": one.well, "sample": one.sample, "target": one.target, "partitions": one.total}
        row |= {"positive": one.positive, "mean": mean if math.isfinite(mean) else None, "machine": one.machine}
        rows.append(row | {"concentration": mean * 1000 / volume_nl if math.isfinite(mean) else None})
    return Table("wells", Text("Wells", "各孔结果", "各孔結果"), columns, rows)


def _plot(found: Sequence[Concentration]) -> Plot:
    ordered = sorted(found, key=lambda one: -one.value)[:40]
    data: dict[str, Any] = {
        "names": [f"{one.sample} · {one.target}" for one in ordered],
        "values": [round(one.value, 4) for one in ordered],
        "low": [round(one.low, 4) for one in ordered], "high": [round(one.high, 4) for one in ordered],
    }  # fmt: skip
    title = Text("Concentrations with 95 % intervals", "浓度与 95 % 区间", "濃度與 95 % 區間")
    return Plot("concentrations", "bars", title, Text("sample", "样本", "樣本"), Text(_UNIT, _UNIT, _UNIT), data)


def _notices(volume: float, parameters: Mapping[str, Any]) -> Iterator[Notice]:
    if not parameters["volume_u"]:
        yield Notice(
            "volume-exact",
            Text(
                f"The volume of a partition, {volume:.3g} nL, was taken as exact; give its uncertainty to count it in.",
                f"分区体积 {volume:.3g} nL 视为准确值；可填写其不确定度以计入结果。",
                f"分區體積 {volume:.3g} nL 視為準確值；可填寫其不確定度以計入結果。",
            ),
        )


METHOD = Method(
    id="dpcr.quantify",
    version="0.1",
    title=Text("Count copies by digital PCR", "数字 PCR 绝对定量", "數位 PCR 絕對定量"),
    technique="dpcr",
    accepts=KINDS,
    function=_run,
    parameters=(
        Parameter(
            "partition_volume", "number", None,
            Text("partition volume instead of the file's", "分区体积（替换文件中的值）", "分區體積（取代檔案中的值）"),
            unit="nL", minimum=1e-4, maximum=1e4,
        ),
        Parameter(
            "volume_u", "number", 0.0,
            Text("relative u of that volume", "分区体积相对标准不确定度", "分區體積相對標準不確定度"),
            unit="%", minimum=0, maximum=100,
        ),
        Parameter("reference", "text", "", Text("target to divide by", "作为分母的靶标", "作為分母的標的")),
    ),
    example=(DATA / "dpcr_probe.tsv",),
    expected=Expected("review", {"FSTL_1_F_109, FF": (133.67, 0.01), "FSTL_1_F_111, EMBL20": (487.5, 0.05)}),
    research_use_only=True,
)  # fmt: skip
