"""What to look for in every run: names with retention times, and which peak of a run each one is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi.methods._errors import BadParameter
from liqi.methods._method import Parameter
from liqi.methods._text import Text
from liqi.methods.chromatography._integration import Integration
from liqi.methods.chromatography._peak import Peak

_ENTRY = re.compile(r"^\s*(?:(?P<name>.+?)\s*[=:]\s*)?(?P<time>\d+(?:\.\d+)?)\s*$")
_EXPECTED = "names with retention times in minutes, such as caffeine=8.79; theobromine=5.2"

PARAMETERS = (
    Parameter(
        "targets",
        "text",
        None,
        Text("peaks (name=time; ...)", "目标峰（名称=时间; …）", "目標峰（名稱=時間; …）"),
    ),
    Parameter(
        "window_min",
        "number",
        0.2,
        Text("window of the time", "保留时间窗口", "滯留時間視窗"),
        unit="min",
        minimum=0,
    ),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A compound by its retention time in minutes."""

    name: str
    time_min: float


def parse_targets(text: str | None) -> list[Target]:
    """Return the targets of a text; raise `BadParameter` for one that names none.

    >>> parse_targets("caffeine=8.79; 12.3")
    [Target(name='caffeine', time_min=8.79), Target(name='12.3 min', time_min=12.3)]
    """
    found = []
    for part in re.split(r"[;\n]", text or ""):
        if not part.strip():
            continue
        entry = _ENTRY.match(part)
        if entry is None:
            raise BadParameter("targets", part.strip()[:40], _EXPECTED)
        found.append(Target(entry["name"] or f"{entry['time']} min", float(entry["time"])))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise BadParameter("targets", ", ".join(names)[:60], "every name once")
    return found


def usual_targets(runs: Sequence[Integration], window_min: float) -> list[Target]:
    """Return the peaks that every run has, by the first run's names or times."""
    return [
        Target(one.label, one.time_min)
        for one in runs[0].peaks
        if all(peak_of(other, Target("", one.time_min), window_min) is not None for other in runs)
    ]


def peak_of(run: Integration, target: Target, window_min: float) -> Peak | None:
    """Return the largest peak within the window of the target's time, None where there is none."""
    near = [one for one in run.peaks if abs(one.time_min - target.time_min) <= window_min]
    return max(near, key=lambda one: one.area, default=None)


def peaks_of(
    runs: Mapping[str, Integration], targets: Sequence[Target], window_min: float
) -> dict[str, dict[str, Peak | None]]:
    """Return each target's peak in each run, by the names of targets and of runs."""
    return {one.name: {name: peak_of(run, one, window_min) for name, run in runs.items()} for one in targets}
