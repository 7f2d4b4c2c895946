"""Whether events came steadily: the rate over time, the signals over time, events at the edge of the range."""

from dataclasses import dataclass

import numpy as np

from liqi.methods._check import Check
from liqi.methods._text import Text
from liqi.methods.cytometry._channels import TIME, Events, Floats

MOST_SPANS, EVENTS_A_SPAN = 100, 500
"""Time is cut into so many spans that each has some 500 events: the median of fewer moves by chance alone."""
MOST_STOPPED, MOST_SHIFT, MOST_MARGIN = 0.05, 0.5, 0.05
_LOW_RATE = 0.25
_SIGMA = 1.4826
_TITLES = {
    "time": Text("time goes forward", "时间递增", "時間遞增"),
    "flow": Text("steady flow", "流速稳定", "流速穩定"),
    "signal": Text("steady signals", "信号稳定", "訊號穩定"),
    "margin": Text("events within the range", "事件在量程内", "事件在量程內"),
}


@dataclass(frozen=True, slots=True)
class Steadiness:
    """The rate of events and the drift of signals over equal spans of time.

    `shift` is the largest distance of a span's median from the median of all, in robust standard deviations of the
    events, of the channel that moves most.
    """

    seconds: Floats
    rate: Floats
    stopped: float
    backwards: int
    shift: float
    channel: str
    margin: float
    margin_channel: str


def steadiness(events: Events) -> Steadiness | None:
    """Return how steadily the events came; None for a file without time or with few events."""
    time_at = next((i for i, name in enumerate(events.names) if name.lower() == TIME), None)
    spans = min(MOST_SPANS, len(events) // EVENTS_A_SPAN)
    if time_at is None or spans < 2:
        return None
    time = events.column(events.names[time_at])
    begun = float(time.min())
    lasted = float(time.max()) - begun
    if not lasted > 0 or not np.isfinite(lasted):
        return None
    span = np.minimum(((time - begun) * (spans / lasted)).astype(np.int64), spans - 1)
    counts = np.bincount(span, minlength=spans).astype(np.float64)
    rate = counts * spans / lasted
    usual = float(np.median(rate))
    stopped = float((rate < _LOW_RATE * usual).mean()) if usual > 0 else 1.0
    shift, channel = _shift(events, span, counts, time_at)
    margin, margin_channel = _margin(events, time_at)
    seconds = begun + (np.arange(spans) + 0.5) * lasted / spans
    backwards = int((np.diff(time) < 0).sum())
    return Steadiness(seconds, rate, stopped, backwards, shift, channel, margin, margin_channel)


def checks_of(found: Steadiness) -> list[Check]:
    """Return the named checks; the limits are settings of this method and not a standard."""
    percent = f"{100 * found.stopped:.0f} % of the time below a quarter of the usual rate"
    shift = f"{found.shift:.2f} robust SD ({found.channel})" if found.channel else "no channel"
    margin = f"{100 * found.margin:.2f} % ({found.margin_channel})" if found.margin_channel else "0 %"
    return [
        Check("time", _TITLES["time"], not found.backwards, f"{found.backwards} steps backwards", "none"),
        Check("flow", _TITLES["flow"], found.stopped <= MOST_STOPPED, percent, f"at most {100 * MOST_STOPPED:.0f} %"),
        Check("signal", _TITLES["signal"], found.shift <= MOST_SHIFT, shift, f"at most {MOST_SHIFT:g} robust SD"),
        Check("margin", _TITLES["margin"], found.margin <= MOST_MARGIN, margin, f"at most {100 * MOST_MARGIN:.0f} %"),
    ]


def _shift(events: Events, span: np.ndarray, counts: Floats, time_at: int) -> tuple[float, str]:
    order = np.argsort(span, kind="stable")
    edges = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    enough = np.flatnonzero(counts >= EVENTS_A_SPAN / 5).tolist()
    worst, channel = 0.0, ""
    for i, name in enumerate(events.names):
        if i == time_at:
            continue
        values = np.arcsinh(events.column(name) / _unit(events, i))[order]
        middle = float(np.median(values))
        spread = _SIGMA * float(np.median(np.abs(values - middle)))
        if not spread > 0:
            continue
        moved = max((abs(float(np.median(values[edges[k] : edges[k + 1]])) - middle) for k in enough), default=0.0)
        if moved / spread > worst:
            worst, channel = moved / spread, name
    return worst, channel


def _margin(events: Events, time_at: int) -> tuple[float, str]:
    worst, channel = 0.0, ""
    for i, one in enumerate(events.channels):
        if i == time_at or not one.range > 1:
            continue
        share = float((np.asarray(events.raw[:, i], dtype=np.float64) >= one.range - 1).mean())
        if share > worst:
            worst, channel = share, one.name
    return worst, channel


def _unit(events: Events, place: int) -> float:
    """Return what counts as one unit of a channel before its logarithm: a thousandth of the range."""
    return max(events.channels[place].range / 1000.0, 1e-9)
