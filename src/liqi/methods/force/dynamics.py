"""The dynamic behaviour of a force sensor by its answer to a step or a blow: `force6.dynamic`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.force._dynamics import Response, fit_response
from liqi.methods.force._loads import Record, read_record
from liqi.methods.force.calibration import KINDS

DATA = Path(__file__).with_name("data")
_POINTS = 3000
_TITLES = {
    "limit": Text("dynamic error against the limit", "动态误差（限值）", "動態誤差（限值）"),
    "goal": Text("dynamic error against half the limit", "动态误差（目标值）", "動態誤差（目標值）"),
    "rate": Text("samples in a period of the ringing", "每个振荡周期的采样点数", "每個振盪週期的取樣點數"),
    "gain": Text("gain at rest", "静态增益", "靜態增益"),
}


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    if len(paths) != 1:
        raise UnreadableFile(paths[1], f"{len(paths)} files", "one record", "ask one at a time; `liqi batch` runs many")
    progress(0, 2, "reading")
    record = read_record(paths[0])
    progress(1, 2, "fitting")
    response = fit_response(record)
    if response is None:
        expected = "the answer of an oscillating system to its reference"
        raise UnreadableFile(
            paths[0], "a response that no second-order system explains", expected, "record a step or a blow"
        )
    frequency = float(parameters["frequency"]) or response.frequency_hz / 10
    checks = _checks(record, response, frequency, float(parameters["limit"]))
    verdict = verdict_of(checks)
    progress(2, 2, "fitting")
    return Answer(
        verdict=verdict,
        sentence=_sentence(record, response, frequency, [one for one in checks if not one.passed]),
        findings=_findings(record, response, frequency),
        tables=[_table(response), checks_table(checks)],
        plots=_plots(record, response),
        tags=[SYNTHETIC] if SYNTHETIC in paths[0].name.lower() else [],
        detail={
            "axis": record.name, "step": response.is_step, "rate_hz": record.rate_hz, "frequency_hz": frequency,
            "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip


def _checks(record: Record, response: Response, frequency: float, limit: float) -> list[Check]:
    error = abs(response.error_percent(frequency))
    told = f"{error:.2f} % ({frequency:.4g} Hz)"
    a_period = record.rate_hz / response.frequency_hz
    return [
        Check("limit", _TITLES["limit"], error <= limit, told, f"≤ {limit:g} %", "|H(f)| − 1", fails=True),
        Check("goal", _TITLES["goal"], error <= limit / 2, told, f"≤ {limit / 2:g} %", "|H(f)| − 1"),
        Check("rate", _TITLES["rate"], a_period >= 5, f"{a_period:.1f}", "≥ 5"),
        Check("gain", _TITLES["gain"], abs(response.gain - 1) <= 0.02, f"{response.gain:.4f}", "0.98 – 1.02"),
    ]


def _measured_overshoot(record: Record, response: Response) -> float | None:
    """How far the record itself goes beyond the step's end, in percent of the step."""
    if not response.is_step:
        return None
    rest = float(np.median(record.measured[: response.start + 1]))
    rise = (record.measured[response.start + 1 :] - rest) / (response.gain * response.size)
    return 100 * (float(rise.max()) - 1)


def _findings(record: Record, response: Response, frequency: float) -> list[Finding]:
    f, z = response.frequency_hz, response.damping
    share = max(response.u_frequency_hz / f, 1e-9)
    of_damping = response.u_damping
    slope = response.overshoot_percent * np.pi / (1 - min(z, 0.999) ** 2) ** 1.5
    found = [
        Finding(
            "natural frequency", f, "Hz", response.u_frequency_hz, {"rule": "second-order system fitted to the record"}
        ),
        Finding("damping ratio", z, "1", of_damping),
        Finding(
            "overshoot",
            response.overshoot_percent,
            "%",
            max(float(slope) * of_damping, 1e-9),
            {"measured": _measured_overshoot(record, response)},
        ),
        *([Finding("rise time", response.rise_s, "s", response.rise_s * share)] if response.rise_s else []),
        Finding(
            "settling time 5 %",
            response.settling_s(),
            "s",
            response.settling_s() * float(np.hypot(share, of_damping / z)),
        ),
        Finding("bandwidth -3 dB", response.bandwidth_hz, "Hz", response.bandwidth_hz * share),
        Finding("band within 5 %", response.band_hz(5.0), "Hz", response.band_hz(5.0) * share),
        Finding("band within 10 %", response.band_hz(10.0), "Hz", response.band_hz(10.0) * share),
        Finding("gain", response.gain, "1", response.u_gain),
    ]
    error = response.error_percent(frequency)
    found.append(Finding("dynamic error", error, "%", max(2 * abs(error) * share, 1e-9), {"frequency_hz": frequency}))
    return found


def _sentence(record: Record, response: Response, frequency: float, failed: Sequence[Check]) -> Text:
    axis = f"{record.name}: " if record.name else ""
    f = f"{response.frequency_hz:.2f} ± {response.u_frequency_hz:.2g}"
    z, error = f"{response.damping:.4f}", f"{response.error_percent(frequency):.2f}"
    at = f"{frequency:.4g}"
    said = [
        f"{axis}natural frequency {f} Hz, damping {z}; dynamic error {error} % at {at} Hz",
        f"{axis}固有频率 {f} Hz，阻尼比 {z}；{at} Hz 处动态误差 {error} %",
        f"{axis}固有頻率 {f} Hz，阻尼比 {z}；{at} Hz 處動態誤差 {error} %",
    ]
    if failed:
        words = [[one.title.of(tag) for one in failed] for tag in ("en", "zh-Hans", "zh-Hant")]
        said = [
            f"{said[0]}. Not passed: {', '.join(words[0])}", f"{said[1]}。未通过：{'、'.join(words[1])}",
            f"{said[2]}。未通過：{'、'.join(words[2])}",
        ]  # fmt: skip
    return Text(f"{said[0]}.", f"{said[1]}。", f"{said[2]}。")


def _table(response: Response) -> Table:
    columns = (
        Column("frequency", Text("frequency", "频率", "頻率"), "Hz", 1),
        Column("error", Text("amplitude error", "幅值误差", "幅值誤差"), "%", 2),
    )
    shares = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
    rows = [
        {"frequency": share * response.frequency_hz, "error": response.error_percent(share * response.frequency_hz)}
        for share in shares
    ]
    return Table(
        "errors", Text("Dynamic error over frequency", "动态误差随频率变化", "動態誤差隨頻率變化"), columns, rows
    )


def _plots(record: Record, response: Response) -> list[Plot]:
    last = min(len(record.seconds), response.start + int(30 * record.rate_hz / response.frequency_hz) + 50)
    rows = slice(
        max(0, response.start - 50) if response.is_step else 0, last if response.is_step else len(record.seconds)
    )
    step = max(1, (rows.stop - rows.start) // _POINTS)
    t = record.seconds[rows][::step]
    fitted = response.curve[rows][::step]
    good = np.isfinite(fitted)
    series = [
        {
            "label": Text("measured", "实测", "實測").as_json(),
            "x": t.round(6).tolist(),
            "y": record.measured[rows][::step].round(5).tolist(),
        },
        {
            "label": Text("model", "模型", "模型").as_json(),
            "x": t[good].round(6).tolist(),
            "y": fitted[good].round(5).tolist(),
        },
        {
            "label": Text("reference", "参考", "參考").as_json(),
            "x": t.round(6).tolist(),
            "y": record.reference[rows][::step].round(5).tolist(),
        },
    ]
    seconds = Text("time (s)", "时间 (s)", "時間 (s)")
    force = Text(f"force ({record.unit})", f"力 ({record.unit})", f"力 ({record.unit})")
    title = Text("Response over time", "时域响应", "時域響應")
    made = [Plot("response", "line", title, seconds, force, {"series": series, "marks": []})]
    grid = np.linspace(0, 2 * response.frequency_hz, 400)
    r = grid / response.frequency_hz
    size = 1 / np.hypot(1 - r * r, 2 * response.damping * r)
    marks = [
        {"label": "5 %", "x": round(response.band_hz(5), 3)}, {"label": "10 %", "x": round(response.band_hz(10), 3)},
        {"label": "−3 dB", "x": round(response.bandwidth_hz, 3)},
    ]  # fmt: skip
    series = [{"label": "", "x": grid.round(3).tolist(), "y": size.round(5).tolist()}]
    title = Text("Amplitude over frequency", "幅频特性", "幅頻特性")
    hertz, ratio = Text("frequency (Hz)", "频率 (Hz)", "頻率 (Hz)"), Text("amplitude ratio", "幅值比", "幅值比")
    made.append(Plot("amplitude", "line", title, hertz, ratio, {"series": series, "marks": marks}))
    return made


METHOD = Method(
    id="force6.dynamic",
    version="0.1",
    title=Text("Dynamic behaviour of a force sensor", "力传感器动态特性", "力感測器動態特性"),
    technique="force6",
    accepts=KINDS,
    function=_run,
    parameters=(
        Parameter(
            "frequency", "number", 0.0,
            Text("highest frequency used; 0: a tenth of its own", "最高频率（0 为自动）", "最高頻率（0 為自動）"),
            unit="Hz", minimum=0, maximum=1e6,
        ),
        Parameter(
            "limit", "number", 10.0, Text("largest dynamic error allowed", "动态误差限值", "動態誤差限值"), unit="%",
            minimum=0.01, maximum=100,
        ),
    ),
    example=(DATA / "synthetic_step_Fz.csv",),
    expected=Expected("pass", {"natural frequency": (386.92, 0.2), "damping ratio": (0.0433, 0.0005)}),
    libraries=("numpy", "scipy"),
)  # fmt: skip
