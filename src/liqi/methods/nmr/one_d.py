"""A one-dimensional NMR spectrum: any maker's decay or spectrum in, multiplets with couplings and integrals out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.nmr._analysis import Analysis, Question, analyse
from liqi.methods.nmr._reading import READERS, read_nmr
from liqi.methods.nmr._wording import answer_of

DATA = Path(__file__).with_name("data")
PARAMETERS = (
    Parameter("phase", "text", "auto", Text("phase (auto, or degrees)", "相位（auto 或角度）", "相位（auto 或角度）")),
    Parameter(
        "broadening_hz", "number", -1.0,
        Text("line broadening (-1: usual)", "线增宽（-1 为默认）", "線增寬（-1 為預設）"),
        unit="Hz", minimum=-1, maximum=1000,
    ),
    Parameter(
        "baseline", "choice", "auto", Text("baseline", "基线校正", "基線校正"), choices=("auto", "none", "polynomial")
    ),
    Parameter(
        "reference", "choice", "auto", Text("shift's reference", "化学位移参比", "化學位移參考"),
        choices=("auto", "none", "tms", "solvent"),
    ),
    Parameter(
        "observe_mhz", "number", 0.0,
        Text("frequency (0: the file's)", "共振频率（0 为文件值）", "共振頻率（0 為檔案值）"),
        unit="MHz", minimum=0, maximum=2000,
    ),
)  # fmt: skip
"""What every method that makes a spectrum asks."""


def analysed(path: Path, parameters: Mapping[str, Any]) -> Analysis:
    """Return what a file holds, by these parameters; those of `Question` that are not asked keep their defaults."""
    known = {name: parameters[name] for name in Question.__dataclass_fields__ if name in parameters}
    asked: dict[str, Any] = {name: "" if value is None else value for name, value in known.items()}
    return analyse(read_nmr(path), Question(**asked))


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    if len(paths) != 1:
        raise UnreadableFile(
            paths[0], f"{len(paths)} files", "one", "ask one spectrum at a time; `liqi batch` runs many"
        )
    progress(0, 1, "reading")
    answer = answer_of(analysed(paths[0], parameters))
    progress(1, 1, "reading")
    return answer


METHOD = Method(
    id="nmr.1d",
    version="0.2",
    title=Text("One-dimensional NMR spectrum", "一维核磁谱解析", "一維核磁譜解析"),
    technique="nmr",
    accepts=tuple(READERS),
    function=_run,
    parameters=(
        *PARAMETERS,
        Parameter(
            "least_percent", "number", 1.0, Text("least height of a line", "最低谱线高度", "最低譜線高度"),
            unit="%", minimum=0, maximum=100,
        ),
        Parameter(
            "least_signal", "number", 20.0, Text("least height over the noise", "最低高度与噪声比", "最低高度與雜訊比"),
            unit="1", minimum=0,
        ),
        Parameter(
            "regions", "text", None,
            Text("regions (2.4-2.2; ...)", "积分区间（2.4-2.2; …）", "積分區間（2.4-2.2; …）"),
        ),
        Parameter(
            "protons", "text", None,
            Text("nuclei of one signal (2.29=3)", "某信号的核数（2.29=3）", "某訊號的核數（2.29=3）"),
        ),
    ),
    libraries=("numpy", "scipy", "nmrglue"),
    example=(DATA / "aspirin-1h.zip",),
    expected=Expected("pass", {"2.294 ppm": (2.9, 0.3), "8.038 ppm": (1.05, 0.15)}),
)  # fmt: skip
