"""What a run looks like: ion currents, the map of its survey peaks, and each named ion's trace and isotopes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Plot
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._decimation import outlined, significant
from liqi.methods.mass_spectrometry._feature_map import map_of
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._isotopes import isotope_peaks
from liqi.methods.mass_spectrometry._mirror import matched_pairs
from liqi.methods.mass_spectrometry._search import Identification, Question
from liqi.methods.readers import Spectrum

LEAST_SCANS = 5
"""Fewer survey scans make no chromatogram."""
MOST_FILES = 3
MOST_POINTS = 1000
MOST_TRACES = 120
MOST_UNKNOWN = 40
LEAST_OF_TRACE = 8
TRACE_POINTS = 100
MOST_NAMES = 16
ISOTOPE_DA = 0.02
_TRACE_ROOM_S = 45.0
_TIME = Text("retention time (s)", "保留时间 (s)", "滯留時間 (s)")
_INTENSITY = Text("intensity", "强度", "強度")
_SHARE = Text("relative intensity (%)", "相对强度 (%)", "相對強度 (%)")
_MZ = Text.same("m/z")
_TOTAL = Text("total ion current", "总离子流", "總離子流")
_BASE = Text("base peak", "基峰", "基峰")
_MEASURED = Text("measured", "实测", "實測")
_POLARITIES = {"positive": " (+)", "negative": " (−)"}


@dataclass(slots=True)
class Overview:
    """The survey scans of each file, kept while it is read."""

    files: list[tuple[str, list[Spectrum]]] = field(default_factory=list)

    def watch(self, spectra: Iterable[Spectrum], path: Path) -> Iterator[Spectrum]:
        """Yield the spectra as they come; those of level 1 are remembered."""
        survey: list[Spectrum] = []
        self.files.append((path.name, survey))
        for spectrum in spectra:
            if spectrum.ms_level == 1 and spectrum.retention_time_s is not None:
                survey.append(spectrum)
            yield spectrum

    def scans(self, file: int) -> list[Spectrum]:
        """Return the survey scans of a file; none where they are too few for a chromatogram."""
        found = self.files[file][1] if file < len(self.files) else []
        return found if len(found) >= LEAST_SCANS else []


def with_overview(answer: Answer, found: Sequence[Identification], seen: Overview, question: Question) -> Answer:
    """Return the answer with chromatograms and feature maps before its plots, traces and isotope patterns after."""
    first: list[Plot] = []
    for file in range(min(len(seen.files), MOST_FILES)):
        scans = seen.scans(file)
        if scans:
            mine = [one for one in found if one.feature.file == file]
            suffix = f" · {seen.files[file][0]}" if len(seen.files) > 1 else ""
            first += [_currents(file, suffix, scans, mine), map_of(file, suffix, scans, mine)]
    surveyed = sorted((one for one in found if seen.scans(one.feature.file)), key=_importance)
    named = sum(one.judgement.verdict != "unknown" for one in surveyed)
    chosen = surveyed[: min(MOST_TRACES, named + MOST_UNKNOWN)]
    traces = _traces([one.feature for one in chosen], seen, question)
    beside = [
        plot for one, trace in zip(chosen, traces, strict=True) for plot in (trace, _isotopes(one)) if plot is not None
    ]
    return replace(answer, plots=[*first, *answer.plots, *beside]) if first or beside else answer


def _importance(one: Identification) -> tuple[bool, float]:
    return one.judgement.verdict == "unknown", -(one.feature.area or one.judgement.confidence)


def _currents(file: int, suffix: str, scans: Sequence[Spectrum], found: Sequence[Identification]) -> Plot:
    series = []
    polarities = sorted({scan.polarity or "" for scan in scans})
    for polarity in polarities:
        mine = [scan for scan in scans if (scan.polarity or "") == polarity]
        sign = _POLARITIES.get(polarity, "") if len(polarities) > 1 else ""
        for title, value in ((_TOTAL, np.sum), (_BASE, np.max)):
            time, current = _over_time(mine, [float(value(scan.intensity)) if scan.mz.size else 0.0 for scan in mine])
            label = Text(title.en + sign, title.zh_hans + sign, title.zh_hant + sign)
            series.append(_line(label, *outlined(time, current, MOST_POINTS)))
    title = Text(f"Chromatogram{suffix}", f"色谱图{suffix}", f"層析圖{suffix}")
    return Plot(f"chromatogram-{file}", "line", title, _TIME, _INTENSITY, {"series": series, "marks": _marks(found)})


def _over_time(scans: Sequence[Spectrum], values: Sequence[float]) -> tuple[Floats, Floats]:
    """Return one value a time, ascending; frames of ion mobility that share a time are added up."""
    time, place = np.unique([scan.retention_time_s for scan in scans], return_inverse=True)
    return time.astype(np.float64), np.bincount(place, values, time.size).astype(np.float64)


def _line(label: Text, x: Floats, y: Floats) -> dict[str, Any]:
    return {"label": label.as_json(), "x": x.round(2).tolist(), "y": significant(y.tolist())}


def _marks(found: Sequence[Identification]) -> list[dict[str, Any]]:
    """The names of the largest identified peaks, at their apex."""
    named = [one for one in found if one.judgement.verdict == "identified" and one.feature.apex_s is not None]
    named.sort(key=lambda one: -(one.feature.area or 0.0))
    return [{"label": one.candidates[0].name, "x": round(one.feature.apex_s or 0.0, 2)} for one in named[:MOST_NAMES]]


def _traces(features: Sequence[Feature], seen: Overview, question: Question) -> list[Plot | None]:
    """Return the extracted ion chromatogram around each feature, its area marked; None where nothing was seen."""
    plots: list[Plot | None] = [None] * len(features)
    for file in {feature.file for feature in features}:
        mine = [i for i, feature in enumerate(features) if feature.file == file and _mz(feature)]
        scans = seen.scans(file)
        values = _windows(scans, [features[i] for i in mine], question)
        for place, i in enumerate(mine):
            kept = [n for n, value in enumerate(values[:, place].tolist()) if value >= 0]
            if len(kept) >= LEAST_OF_TRACE and values[kept, place].max() > 0:
                time, height = _over_time([scans[n] for n in kept], values[kept, place].tolist())
                plots[i] = _trace(features[i], time, height, question)
    return plots


def _windows(scans: Sequence[Spectrum], features: Sequence[Feature], question: Question) -> Floats:
    """Return (scans, features): the intensity around each feature's m/z, -1 outside its time or polarity."""
    mz = np.array([_mz(feature) for feature in features])
    half = np.array([question.precursor.at(one) for one in mz.tolist()])
    start, end = np.array([_period(feature) for feature in features]).reshape(-1, 2).T
    polarity = np.array([feature.spectrum.polarity or "" for feature in features])
    values = np.full((len(scans), len(features)), -1.0)
    for n, scan in enumerate(scans):
        time = scan.retention_time_s or 0.0
        here = np.flatnonzero((start <= time) & (time <= end) & (polarity == (scan.polarity or "")))
        if here.size:
            total = np.concatenate([[0.0], np.cumsum(scan.intensity)])
            low = np.searchsorted(scan.mz, mz[here] - half[here])
            high = np.searchsorted(scan.mz, mz[here] + half[here], side="right")
            values[n, here] = np.maximum(total[high] - total[low], 0.0)
    return values


def _mz(feature: Feature) -> float:
    return feature.mz or feature.spectrum.precursor_mz or 0.0


def _period(feature: Feature) -> tuple[float, float]:
    time = feature.spectrum.retention_time_s or 0.0
    start, end = feature.start_s, feature.end_s
    if start is None or end is None:
        return time - _TRACE_ROOM_S, time + _TRACE_ROOM_S
    room = max(1.5 * (end - start), 10.0)
    return start - room, end + room


def _trace(feature: Feature, time: Floats, height: Floats, question: Question) -> Plot:
    mz = _mz(feature)
    name = f"m/z {mz:.4f} ± {question.precursor}"
    data: dict[str, Any] = {
        "feature": feature.index,
        "series": [_line(Text.same(name), *outlined(time, height, TRACE_POINTS))],
        "marks": [],
    }
    if feature.spectrum.mz.size and feature.spectrum.retention_time_s is not None:
        data["marks"] = [{"label": "MS2", "x": round(feature.spectrum.retention_time_s, 2)}]
    if feature.area is not None:
        data["areas"] = [{"label": f"{feature.area:.3g}", "from": feature.start_s, "to": feature.end_s}]
    area = feature.area
    title = Text(
        f"Ion trace of m/z {mz:.4f}" + (f", area {area:.3g}" if area is not None else ""),
        f"m/z {mz:.4f} 的提取离子流" + (f"，峰面积 {area:.3g}" if area is not None else ""),
        f"m/z {mz:.4f} 的萃取離子流" + (f"，峰面積 {area:.3g}" if area is not None else ""),
    )
    return Plot(f"trace-{feature.index}", "line", title, _TIME, _INTENSITY, data)


def _isotopes(one: Identification) -> Plot | None:
    """Return the measured isotope peaks above those of the named formula; None where either is not known."""
    feature, judgement = one.feature, one.judgement
    if judgement.verdict == "unknown" or not feature.isotopes or not feature.mz or not feature.height:
        return None
    best = one.candidates[judgement.group[0]]
    theory = isotope_peaks(best.formula, best.adduct)
    if theory is None:
        return None
    measured = np.array([(feature.mz, feature.height), *feature.isotopes]).T
    upper = measured[0], 100 * measured[1] / measured[1].max()
    lower = theory[0][theory[1] >= 0.1], theory[1][theory[1] >= 0.1]
    ion = f"{best.formula} {best.adduct}"
    data: Mapping[str, Any] = {
        "feature": feature.index,
        "beside": True,
        "upper": {"label": _MEASURED.as_json(), **_sticks(*upper)},
        "lower": {"label": Text.same(ion).as_json(), **_sticks(*lower)},
        "pairs": matched_pairs(upper, lower, ISOTOPE_DA),
    }
    title = Text(f"Isotopes of {ion} against theory", f"{ion} 的同位素峰与理论值", f"{ion} 的同位素峰與理論值")
    return Plot(f"isotopes-{feature.index}", "mirror", title, _MZ, _SHARE, data)


def _sticks(mz: Floats, intensity: Floats) -> dict[str, Any]:
    return {"mz": mz.round(4).tolist(), "intensity": intensity.round(2).tolist()}
