"""The spillover matrix of single-stain controls: one FCS file a dye, and the unstained cells, in; the matrix out."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import AGAIN, Check, checks_table, with_failed
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.cytometry._channels import Events, Floats
from liqi.methods.cytometry._compensation import Spillover, medians, of_controls
from liqi.methods.cytometry._fcs import read_fcs

DATA = Path(__file__).with_name("data") / "controls"
LEAST_EVENTS, MOST_SPREAD = 500, 0.02
_NOT_DYES = ("FS", "SS", "TIME", "WIDTH", "EVENT")
_SHAPES = ("-A", "-H", "-W")
_UNSTAINED = ("unstained", "blank", "autofluor", "未染", "空白")
_TITLES = {
    "unstained": Text("unstained cells", "未染色对照", "未染色對照"),
    "events": Text("events a control", "每个对照的事件数", "每個對照的事件數"),
    "spread": Text("uncertainty of coefficients", "系数不确定度", "係數不確定度"),
    "own": Text("brightest in its own detector", "本通道最亮", "本通道最亮"),
}
_MEDIAN_ERROR = math.sqrt(math.pi / 2)
_ONE_SIGMA = (15.87, 84.13)
_DO = "give one file a dye, all of one panel, and the unstained cells"


@dataclass(frozen=True)
class Controls:
    """The single-stain controls by their detector, the unstained cells, the matrix and each coefficient's error."""

    stained: Mapping[str, Events]
    unstained: Events | None
    matrix: Spillover
    errors: Floats
    is_guessed: bool = False
    """Whether no name tells the unstained cells, only that they are the dimmest in every detector."""


def detectors_of(events: Events) -> list[str]:
    """Return the channels that a dye may have: neither scatter nor time; area, height or width, what most dyes have.

    >>> from types import SimpleNamespace as Some
    >>> detectors_of(Some(names=["FSC-H", "FL1-H", "FL2-H", "FL1-A", "Time"]))
    ['FL1-H', 'FL2-H']
    """
    names = [name for name in events.names if not name.upper().startswith(_NOT_DYES)]
    shapes = Counter(name[-2:] for name in names if name[-2:] in _SHAPES)
    usual = max(_SHAPES, key=lambda shape: shapes[shape])
    return [name for name in names if name[-2:] not in _SHAPES or name.endswith(usual)]


def match_controls(files: Sequence[Events], unstained: str = "") -> Controls:
    """Return the controls, each with the detector it is brightest in over the unstained cells.

    The unstained file is the one whose name, tube or sample says so, or holds `unstained`; where none does, the one
    that is dimmest in every detector, as no stain of a dye of its own can be. Raises `BadParameter` where two controls
    are brightest in one detector, or a control is no brighter than the unstained cells.
    """
    if not files:
        raise BadParameter("controls", files, "the events of at least one file of single stains")
    names = detectors_of(files[0])
    for events in files:
        if detectors_of(events) != names:
            raise BadParameter("controls", events.path.name, "the channels of the other controls")
        _require_numbers(events, names)
    bare = next((one for one in files if _says(one, (unstained,) if unstained else _UNSTAINED)), None)
    if unstained and bare is None:
        raise BadParameter("unstained", unstained, "a part of the name of one of the files")
    is_guessed = bare is None
    bare = _dimmest(files, names) if bare is None else bare
    ground = medians(bare, names) if bare is not None else np.zeros(len(names))
    found: dict[str, Events] = {}
    for events in files:
        if events is bare:
            continue
        signal = medians(events, names) - ground
        detector = names[int(np.argmax(signal))]
        if not signal.max() > 0:
            raise BadParameter("controls", events.path.name, "a control brighter than the unstained cells")
        if detector in found:
            other = found[detector].path.name
            raise BadParameter(
                "controls", events.path.name, f"a dye of its own; {other} is brightest in {detector} too"
            )
        found[detector] = events
    if len(found) < 2:
        raise BadParameter("controls", f"{len(found)} stained files", "at least two")
    stained = {name: found[name] for name in names if name in found}
    matrix = of_controls(stained, bare)
    return Controls(stained, bare, matrix, _errors(stained, bare, matrix), is_guessed and bare is not None)


def _require_numbers(events: Events, names: Sequence[str]) -> None:
    """Raise `UnreadableFile` where a detector holds no number: no median would stand."""
    for name in names:
        lost = int(np.count_nonzero(~np.isfinite(events.column(name))))
        if lost:
            found = f"{lost:,} of {len(events):,} events without a number in {name}"
            raise UnreadableFile(events.path, found, "a number for each event", "export it from the cytometer again")


def _dimmest(files: Sequence[Events], names: Sequence[str]) -> Events | None:
    """The file whose median is below that of every other in every detector; None where there is none.

    One that names a stain of its own (one $PnS) is a control that has no signal.
    """
    light = np.array([medians(events, names) for events in files])
    place = int(np.argmin(light.sum(axis=1)))
    others = np.delete(light, place, axis=0)
    if len(others) < 2 or not (light[place] < others).all():
        return None
    stains = [one.marker for one in files[place].channels if one.name in names and one.marker not in ("", one.name)]
    if len(stains) == 1:
        expected = f"a signal of its stain, {stains[0]}; in every detector it is the dimmest"
        raise BadParameter("controls", files[place].path.name, expected)
    return files[place]


def _says(events: Events, words: Sequence[str]) -> bool:
    told = (
        events.path.name,
        *(events.keywords.get(key, "") for key in ("TUBE NAME", "SAMPLE ID", "$FIL", "$SMNO", "$SRC")),
    )
    return any(word.lower() in text.lower() for word in words for text in told)


def _spread(events: Events, names: Sequence[str]) -> Floats:
    """Return the standard uncertainty of each median: sqrt(pi/2) robust sigma over sqrt(n)."""
    ends = [np.percentile(events.column(name), _ONE_SIGMA) for name in names]
    return np.array([_MEDIAN_ERROR * (high - low) / 2 / math.sqrt(len(events)) for low, high in ends])


def _errors(stained: Mapping[str, Events], bare: Events | None, matrix: Spillover) -> Floats:
    """Return the standard uncertainty of each coefficient, a ratio of two differences of medians."""
    names = list(stained)
    ground = medians(bare, names) if bare is not None else np.zeros(len(names))
    below = _spread(bare, names) if bare is not None else np.zeros(len(names))
    rows = []
    for i, events in enumerate(stained.values()):
        own = float((medians(events, names) - ground)[i])
        error = np.hypot(_spread(events, names), below) / own
        row = np.hypot(error, matrix.matrix[i] * error[i])
        row[i] = 0.0
        rows.append(row)
    return np.array(rows)


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    if len(paths) < 2:
        raise UnreadableFile(paths[0], "one file", "at least two single-stain controls", _DO)
    files = []
    for done, path in enumerate(paths):
        progress(done, len(paths), "reading")
        files.append(read_fcs(path))
        if not len(files[-1]):
            raise UnreadableFile(path, "no events", "a control with events", _DO)
    try:
        controls = match_controls(files, parameters["unstained"] or "")
    except BadParameter as problem:
        raise UnreadableFile(paths[0], f"{problem.name} {problem.found}", problem.expected, _DO) from None
    progress(len(paths), len(paths), "reading")
    checks = _checks(controls)
    failed = [one for one in checks if not one.passed]
    return Answer(
        verdict="review" if failed else "pass",
        sentence=_sentence(controls, failed),
        findings=list(_findings(controls)),
        tables=[_matrix_table(controls), _control_table(controls), checks_table(checks)],
        plots=[_plot(controls)],
        warnings=[_guessed(controls)] if controls.is_guessed else [],
        tags=[SYNTHETIC] if any(one.is_synthetic for one in files) else [],
        detail={"checks": [one.as_json() for one in checks]},
    )


def _guessed(controls: Controls) -> Notice:
    name = controls.unstained.path.name if controls.unstained else ""
    return Notice(
        "unstained-guessed",
        Text(
            f"{name} was taken as the unstained cells: no name says so, it is the dimmest in every detector.",
            f"{name} 被视为未染色对照：没有文件名标明，但它在每个检测通道中都最暗。",
            f"{name} 被視為未染色對照：沒有檔名標明，但它在每個偵測通道中都最暗。",
        ),
    )


def _checks(controls: Controls) -> list[Check]:
    fewest = min(len(one) for one in controls.stained.values())
    worst = float(controls.errors.max())
    off = controls.matrix.matrix - np.eye(len(controls.stained))
    said = controls.unstained is not None
    n, top = f"{fewest:,}", off.max()
    return [
        Check("unstained", _TITLES["unstained"], said, "there" if said else "none", "one file"),
        Check("events", _TITLES["events"], fewest >= LEAST_EVENTS, n, f"at least {LEAST_EVENTS}"),
        Check("spread", _TITLES["spread"], worst <= MOST_SPREAD, f"{worst:.4f}", f"at most {MOST_SPREAD:g}"),
        Check("own", _TITLES["own"], bool(top <= 1), f"{top:.3f}", "at most 1"),
    ]


def _sentence(controls: Controls, failed: Sequence[Check]) -> Text:
    n = len(controls.stained)
    off = controls.matrix.matrix - np.eye(n)
    row, column = np.unravel_index(int(np.argmax(off)), off.shape)
    names = list(controls.stained)
    most = f"{100 * float(off[row, column]):.1f} %"
    said = (
        f"Spillover of {n} dyes; the most is {most} of {names[row]} in {names[column]}.",
        f"{n} 种染料的溢漏矩阵；最大为 {names[row]} 漏入 {names[column]} 的 {most}。",
        f"{n} 種染料的溢漏矩陣；最大為 {names[row]} 漏入 {names[column]} 的 {most}。",
    )
    return with_failed(said, failed, AGAIN)


def _findings(controls: Controls) -> Sequence[Finding]:
    names = list(controls.stained)
    return [
        Finding(
            f"{dye} in {detector}",
            float(controls.matrix.matrix[i, j]),
            "1",
            float(controls.errors[i, j]),
            {"dye": dye, "detector": detector},
        )
        for i, dye in enumerate(names)
        for j, detector in enumerate(names)
        if i != j
    ]


def _matrix_table(controls: Controls) -> Table:
    names = list(controls.stained)
    columns = [Column("dye", Text("dye", "染料", "染料")), *(Column(name, Text.same(name), "1", 5) for name in names)]
    rows = [
        {"dye": dye} | dict(zip(names, row, strict=True))
        for dye, row in zip(names, controls.matrix.matrix.tolist(), strict=True)
    ]
    return Table("spillover", Text("Spillover matrix", "溢漏矩阵", "溢漏矩陣"), columns, rows)


def _control_table(controls: Controls) -> Table:
    columns = (
        Column("file", Text("file", "文件", "檔案")),
        Column("detector", Text("detector", "检测通道", "偵測通道")),
        Column("events", Text("events", "事件数", "事件數")),
        Column("median", Text("median there", "该通道中位数", "該通道中位數"), "a.u.", 1),
    )
    rows: list[dict[str, Any]] = [
        {"file": one.path.name, "detector": name, "events": len(one), "median": float(np.median(one.column(name)))}
        for name, one in controls.stained.items()
    ]
    if controls.unstained is not None:
        told = Text("unstained", "未染色", "未染色").as_json()
        rows.append({"file": controls.unstained.path.name, "detector": told, "events": len(controls.unstained)})
    return Table("controls", Text("Controls", "单染对照", "單染對照"), columns, rows)


def _plot(controls: Controls) -> Plot:
    """The coefficients off the diagonal as bars, the strongest first."""
    found = sorted(_findings(controls), key=lambda one: -float(one.value or 0))[:30]
    values = [float(one.value or 0) for one in found]
    errors = [2 * float(one.uncertainty or 0) for one in found]
    data = {
        "names": [one.name for one in found],
        "values": [round(100 * value, 4) for value in values],
        "low": [round(100 * (value - error), 4) for value, error in zip(values, errors, strict=True)],
        "high": [round(100 * (value + error), 4) for value, error in zip(values, errors, strict=True)],
    }
    title = Text("Spillover", "溢漏", "溢漏")
    return Plot(
        "spillover",
        "bars",
        title,
        Text("dye in detector", "染料与通道", "染料與通道"),
        Text("spillover (%)", "溢漏 (%)", "溢漏 (%)"),
        data,
    )


METHOD = Method(
    id="flow.spillover",
    version="0.2",
    title=Text("Spillover matrix from single stains", "由单染对照计算溢漏矩阵", "由單染對照計算溢漏矩陣"),
    technique="flow",
    accepts=("fcs",),
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "unstained", "text", None, Text("part of the unstained file's name", "未染色文件名片段", "未染色檔名片段")
        ),
    ),
    example=tuple(DATA / f"{name}.fcs" for name in ("unstained", "FITC", "PE", "APC")),
    expected=Expected(
        "pass", {"FITC-A in PE-A": (0.18, 0.01), "PE-A in FITC-A": (0.03, 0.01), "APC-A in PE-A": (0.01, 0.01)}
    ),
)
