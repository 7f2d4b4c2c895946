"""Cells counted by gates: an FCS file with Gating-ML or a FlowJo workspace in, a tree of populations out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.cytometry import _wording
from liqi.methods.cytometry._compensation import read_matrix
from liqi.methods.cytometry._fcs import FORMATS, read_fcs
from liqi.methods.cytometry._flowjo import read_workspace
from liqi.methods.cytometry._gated import gate
from liqi.methods.cytometry._gatingml import read_gating
from liqi.methods.cytometry._strategy import OF_FILE, Strategy
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")


def read_strategy(path: str | Path, sample: str = "") -> Strategy:
    """Return the gates of a Gating-ML file or of a sample in a FlowJo workspace, judged by content."""
    kind = sniff(Path(path))
    if kind == "flowjo":
        return read_workspace(path, sample)
    if kind != "gatingml":
        raise UnreadableFile(path, f"a {kind} file", "Gating-ML 2.0 or a FlowJo workspace", "export the gates as one")
    return read_gating(path)


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    kinds = {path: sniff(path) for path in paths}
    files = [path for path, kind in kinds.items() if kind == "fcs"]
    gates = [path for path, kind in kinds.items() if kind in ("gatingml", "flowjo")]
    strange = next((path for path in paths if path not in (*files, *gates)), None)
    if strange is not None:
        raise UnreadableFile(strange, f"a {kinds[strange]} file", f"{FORMATS}, with its gates", "leave it out")
    if len(files) != 1:
        do = "ask one sample at a time; `liqi batch` runs many"
        raise UnreadableFile(paths[0], f"{len(files)} FCS files", "one", do)
    if len(gates) > 1 or (gates and parameters["gates"]):
        raise UnreadableFile(gates[-1], "gates given twice", "one file of gates", "leave one out")
    progress(0, 3, "reading")
    events = read_fcs(files[0], parameters["data_set"] - 1)
    chosen = gates[0] if gates else parameters["gates"]
    strategy = read_strategy(chosen, files[0].name) if chosen else Strategy({})
    if parameters["matrix"]:
        strategy = replace(strategy, matrices={**strategy.matrices, OF_FILE: read_matrix(parameters["matrix"])})
    progress(1, 3, "gating")
    try:
        gated = gate(events, strategy)
    except BadParameter as problem:
        expected = f"{problem.expected}, as the gates ask for"
        raise UnreadableFile(
            files[0], f"no {problem.name} {problem.found}", expected, "name the gates of this panel"
        ) from None
    progress(2, 3, "counting")
    answer = _wording.answer_of(gated)
    progress(3, 3, "counting")
    return answer


METHOD = Method(
    id="flow.gate",
    version="0.2",
    title=Text("Count cells by gates (flow cytometry)", "流式细胞设门与计数", "流式細胞圈選與計數"),
    technique="flow",
    accepts=("fcs", "gatingml", "flowjo"),
    function=_run,
    many_files=True,
    shared=("gatingml", "flowjo"),
    parameters=(
        Parameter(
            "gates",
            "file",
            None,
            Text("gates (Gating-ML or FlowJo)", "设门文件（Gating-ML 或 FlowJo）", "圈選檔案（Gating-ML 或 FlowJo）"),
        ),
        Parameter(
            "matrix",
            "file",
            None,
            Text("spillover matrix instead of the file's", "替换文件自带的溢漏矩阵", "取代檔案自帶的溢漏矩陣"),
        ),
        Parameter(
            "data_set",
            "integer",
            1,
            Text("data set within the file", "文件内数据集序号", "檔案內資料集序號"),
            unit="1",
            minimum=1,
            maximum=1000,
        ),
    ),
    example=(DATA / "example.fcs", DATA / "example_gates.xml"),
    expected=Expected("pass", {"Rectangle1": (252, 0), "Ellipse1": (203, 0), "ScalePar1": (558, 0)}),
    research_use_only=True,
)
