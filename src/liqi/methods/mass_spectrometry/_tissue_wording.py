"""Classified profiles as an answer: what each is, how sure that is, how good the model is, and what spoke for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._profiles import LOW_MZ, WIDTH_DA, Profiles
from liqi.methods.mass_spectrometry._tissue_model import TissueModel

MOST_SAMPLES = 500
MOST_PLOTS = 20
MOST_BINS = 15
LEAST_UNCERTAINTY = 1e-4
CANNOT_TELL = Text("cannot tell", "无法判定", "無法判定")
REASONS = {
    "outside": Text("unlike anything the model was trained on", "与训练数据不同", "與訓練資料不同"),
    "polarity": Text("other polarity than the model's", "极性与模型不符", "極性與模型不符"),
    "unsure": Text("no class is probable enough", "各类别概率均不足", "各類別機率均不足"),
    "": Text("–", "–", "–"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """What is said of one profile: the class, or none with the reason; probabilities with 95 % bootstrap intervals."""

    sample: str
    given: str
    label: int | None
    reason: str
    probabilities: Floats
    low: Floats
    high: Floats
    spread: Floats
    strangeness: float

    @property
    def likeliest(self) -> int:
        """The class of the highest probability, whether it is named or not."""
        return int(self.probabilities.argmax())


def answer_of(calls: Sequence[Call], profiles: Profiles, model: TissueModel, least: float) -> Answer:
    """Return the answer; findings and rows stand in the order of the profiles."""
    named = sum(one.label is not None for one in calls)
    verdict = "classified" if named == len(calls) else "partly classified" if named else "cannot tell"
    synthetic = bool(model.card.get("synthetic"))
    plots = [_image(calls, profiles, model)] if profiles.positions is not None else []
    if profiles.positions is None:
        plots += [plot for one in calls[:MOST_PLOTS] for plot in _plots(one, model)]
        plots += [_why(i, one, profiles, model) for i, one in enumerate(calls[: MOST_PLOTS // 2])]
    return Answer(
        verdict=verdict,
        sentence=_sentence(calls, model),
        findings=[_finding(one, model) for one in calls[:MOST_SAMPLES]],
        tables=[
            _calls_table(calls[:MOST_SAMPLES], model),
            _figures_table(model),
            _confusion_table(model),
            _card(model),
        ],
        plots=[*plots, _figures_plot(model)],
        warnings=_warnings(calls, model, synthetic),
        tags=["synthetic"] if synthetic else [],
        detail={"card": dict(model.card), "least_probability": least, "counts": _counts(calls, model)},
    )


def _counts(calls: Sequence[Call], model: TissueModel) -> dict[str, int]:
    counts = {name: sum(one.label == i for one in calls) for i, name in enumerate(model.classes)}
    return counts | {"cannot tell": sum(one.label is None for one in calls)}


def _sentence(calls: Sequence[Call], model: TissueModel) -> Text:
    if len(calls) == 1:
        one = calls[0]
        name, share = model.classes[one.likeliest], f"{one.probabilities[one.likeliest]:.2f}"
        interval = f"{one.low[one.likeliest]:.2f}–{one.high[one.likeliest]:.2f}"
        if one.label is None:
            why = REASONS[one.reason]
            return Text(
                f"Cannot tell: {why.en}. Research use only.",
                f"无法判定：{why.zh_hans}。仅供研究使用。",
                f"無法判定：{why.zh_hant}。僅供研究使用。",
            )
        return Text(
            f"{name}, probability {share} (95 % interval {interval}). Research use only.",
            f"{name}，概率 {share}（95 % 区间 {interval}）。仅供研究使用。",
            f"{name}，機率 {share}（95 % 區間 {interval}）。僅供研究使用。",
        )
    counts = {name: number for name, number in _counts(calls, model).items() if number and name != "cannot tell"}
    told = ", ".join(f"{number} {name}" for name, number in counts.items())
    hans = "".join(f"{name} {number} 个，" for name, number in counts.items())
    hant = "".join(f"{name} {number} 個，" for name, number in counts.items())
    silent = sum(one.label is None for one in calls)
    return Text(
        f"Of {len(calls)} profiles: {told + ', ' if told else ''}{silent} cannot be told. Research use only.",
        f"共 {len(calls)} 个谱图：{hans}{silent} 个无法判定。仅供研究使用。",
        f"共 {len(calls)} 個圖譜：{hant}{silent} 個無法判定。僅供研究使用。",
    )


def _finding(one: Call, model: TissueModel) -> Finding:
    """The probability of the likeliest class; its standard uncertainty is the spread over bootstraps of patients."""
    best = one.likeliest
    extra = {
        "verdict": "cannot tell" if one.label is None else model.classes[best],
        "reason": one.reason,
        "likeliest": model.classes[best],
        "interval": [round(float(one.low[best]), 4), round(float(one.high[best]), 4)],
        "probabilities": {name: round(float(p), 4) for name, p in zip(model.classes, one.probabilities, strict=True)},
        "strangeness": round(one.strangeness, 3),
    }
    spread = max(float(one.spread[best]), LEAST_UNCERTAINTY)
    return Finding(one.sample, round(float(one.probabilities[best]), 4), "1", round(spread, 5), extra)


def _calls_table(calls: Sequence[Call], model: TissueModel) -> Table:
    columns = [
        Column("sample", Text("profile", "谱图", "圖譜")),
        Column("result", Text("class", "类别", "類別")),
        Column("reason", Text("why not", "原因", "原因")),
        *(Column(f"p_{i}", Text.same(f"P({name})"), "1", 3) for i, name in enumerate(model.classes)),
        Column("low", Text("95 % from", "95 % 下限", "95 % 下限"), "1", 3),
        Column("high", Text("95 % to", "95 % 上限", "95 % 上限"), "1", 3),
        Column("strangeness", Text("distance from the training data", "与训练数据的距离", "與訓練資料的距離"), "1", 2),
        Column("given", Text("class in the table", "表中类别", "表中類別")),
    ]
    rows = []
    for one in calls:
        name = CANNOT_TELL.as_json() if one.label is None else model.classes[one.label]
        row: dict[str, Any] = {"sample": one.sample, "result": name, "reason": REASONS[one.reason].as_json()}
        row |= {f"p_{i}": round(float(p), 4) for i, p in enumerate(one.probabilities)}
        best = one.likeliest
        row |= {"low": round(float(one.low[best]), 4), "high": round(float(one.high[best]), 4)}
        rows.append(row | {"strangeness": round(one.strangeness, 3), "given": one.given})
    return Table("profiles", Text("Profiles", "谱图", "圖譜"), columns, rows)


def _figures_table(model: TissueModel) -> Table:
    columns = (
        Column("figure", Text("figure", "指标", "指標")),
        Column("value", Text("value", "数值", "數值"), "1", 3),
        Column("low", Text("95 % from", "95 % 下限", "95 % 下限"), "1", 3),
        Column("high", Text("95 % to", "95 % 上限", "95 % 上限"), "1", 3),
    )
    rows = [{"figure": name, **numbers} for name, numbers in model.card["figures"].items()]
    rows.append({"figure": "calibration error", "value": model.card["calibration_error"], "low": None, "high": None})
    title = Text("The model on patients that it had not seen", "模型在未见患者上的表现", "模型在未見患者上的表現")
    return Table("validation", title, columns, rows)


def _confusion_table(model: TissueModel) -> Table:
    columns = [Column("truth", Text("truth \\ named", "真实 \\ 判定", "真實 \\ 判定"))]
    columns += [Column(f"c_{i}", Text.same(name)) for i, name in enumerate(model.classes)]
    rows = [
        {"truth": name, **{f"c_{i}": number for i, number in enumerate(row)}}
        for name, row in zip(model.classes, model.card["confusion"], strict=True)
    ]
    return Table(
        "confusion", Text("Confusion, held out", "混淆矩阵（留出患者）", "混淆矩陣（留出患者）"), columns, rows
    )


def _card(model: TissueModel) -> Table:
    columns = Column("fact", Text("model card", "模型卡", "模型卡")), Column("value", Text("value", "内容", "內容"))
    facts = {key: value for key, value in model.card.items() if isinstance(value, str | int | float | bool)}
    of_class = model.card["of_class"].items()
    facts |= {
        f"class {name}": f"{number['patients']} patients, {number['spectra']} spectra" for name, number in of_class
    }
    rows = [{"fact": key, "value": str(value)} for key, value in facts.items() if value != ""]
    return Table("card", Text("Model card", "模型卡", "模型卡"), columns, rows)


def _plots(one: Call, model: TissueModel) -> list[Plot]:
    title = Text(f"Probabilities of {one.sample}", f"{one.sample} 的类别概率", f"{one.sample} 的類別機率")
    data = {
        "names": list(model.classes),
        "values": [round(float(p), 4) for p in one.probabilities],
        "low": [round(float(p), 4) for p in one.low],
        "high": [round(float(p), 4) for p in one.high],
    }
    axes = Text("class", "类别", "類別"), Text("probability", "概率", "機率")
    return [Plot(f"probabilities-{one.sample}", "bars", title, *axes, data)]


def _why(row: int, one: Call, profiles: Profiles, model: TissueModel) -> Plot:
    """The bins that speak most for or against the likeliest class, each with its push on the log-odds."""
    features = model.scaler.features(profiles.shares[row : row + 1, model.used])[0]
    weights = model.fit.weights[:, one.likeliest] - model.fit.weights.mean(axis=1)
    push = features * weights / model.temperature
    strong = [int(i) for i in np.argsort(-np.abs(push))[:MOST_BINS] if push[i]]
    name = model.classes[one.likeliest]
    title = Text(
        f"What speaks for {name} in {one.sample}",
        f"{one.sample} 判为 {name} 的依据",
        f"{one.sample} 判為 {name} 的依據",
    )
    data = {
        "names": [f"m/z {LOW_MZ + (int(model.used[i]) + 0.5) * WIDTH_DA:g}" for i in strong],
        "values": [round(float(push[i]), 4) for i in strong],
    }
    axes = Text("bin", "质荷比区间", "質荷比區間"), Text("push on the log-odds", "对数几率贡献", "對數勝算貢獻")
    return Plot(f"why-{one.sample}", "bars", title, *axes, data)


def _image(calls: Sequence[Call], profiles: Profiles, model: TissueModel) -> Plot:
    """Each pixel with the number of its class, minus one where it cannot be told."""
    places = profiles.positions
    assert places is not None
    title = Text("Classes over the image", "图像上的类别分布", "影像上的類別分布")
    data = {
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "value": [-1 if one.label is None else one.label for one in calls],
        "names": ["–" if one.label is None else model.classes[one.label] for one in calls],
    }
    return Plot("image", "map", title, Text.same("x"), Text.same("y"), data)


def _figures_plot(model: TissueModel) -> Plot:
    told = [(name, one) for name, one in model.card["figures"].items() if one["value"] is not None]
    data = {"names": [name for name, _ in told]}
    data |= {key: [one[key] for _, one in told] for key in ("value", "low", "high")}
    data["values"] = data.pop("value")
    title = Text("The model on patients that it had not seen", "模型在未见患者上的表现", "模型在未見患者上的表現")
    return Plot("validation", "bars", title, Text("figure", "指标", "指標"), Text("share", "比例", "比例"), data)


def _warnings(calls: Sequence[Call], model: TissueModel, synthetic: bool) -> list[Notice]:
    notices = [_RESEARCH]
    if synthetic:
        notices.append(_SYNTHETIC)
    if any(one.reason == "outside" for one in calls):
        notices.append(_OUTSIDE)
    if min(number["patients"] for number in model.card["of_class"].values()) < 20:
        notices.append(_FEW)
    return notices


_RESEARCH = Notice(
    "research-use-only",
    Text(
        "Research use only: no decision about a patient may rest on this answer.",
        "仅供研究使用：不得据此作出任何有关患者的决定。",
        "僅供研究使用：不得據此作出任何有關患者的決定。",
    ),
)
_SYNTHETIC = Notice(
    "synthetic",
    Text(
        "The model was trained on synthetic profiles: it shows the method and says nothing about tissue.",
        "该模型由模拟谱图训练：仅用于演示方法，与真实组织无关。",
        "該模型由模擬圖譜訓練：僅用於演示方法，與真實組織無關。",
    ),
)
_OUTSIDE = Notice(
    "outside-domain",
    Text(
        "Some profiles are unlike those the model was trained on: another tissue, instrument, polarity or preparation.",
        "部分谱图与训练数据不同：可能是其他组织、仪器、极性或制备方法。",
        "部分圖譜與訓練資料不同：可能是其他組織、儀器、極性或製備方法。",
    ),
)
_FEW = Notice(
    "few-patients",
    Text(
        "A class of the model rests on fewer than 20 patients: its intervals are wide and may be too narrow still.",
        "模型中有类别的患者少于 20 名：区间较宽，且仍可能偏窄。",
        "模型中有類別的患者少於 20 名：區間較寬，且仍可能偏窄。",
    ),
)
