"""What a material is by its infrared or Raman spectrum, with the margin to the next: `spectrum.identify`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.optical._band_wording import band_table, file_notices, spectrum_checks, spectrum_plot, x_title
from liqi.methods.optical._bands import Band, baseline_of, find_bands
from liqi.methods.optical._files import KINDS
from liqi.methods.optical._library import BANDS, GROUPS, Hit, by_bands, by_library, materials, second_component
from liqi.methods.optical._spectrum import Spectrum
from liqi.methods.optical.peaks import NUMBER, STANDARDS, TECHNIQUE, prepared

DATA = Path(__file__).with_name("data")
LEAST_SCORE, LEAST_MARGIN, LIBRARY_SCORE = 0.70, 0.08, 0.90
_MOST_HITS = 10
_TITLES = {
    "score": Text("score of the best", "最佳匹配得分", "最佳匹配得分"),
    "margin": Text("margin to the next other material", "与次优不同物质的分差", "與次優不同物質的分差"),
    "bands": Text("bands that agree", "吻合的谱带", "吻合的譜帶"),
}


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 3, "reading")
    spectrum = prepared(paths, parameters)
    if spectrum.x_unit != "cm-1" or spectrum.technique not in ("raman", "infrared"):
        do = "set `technique` where the file does not say what it is"
        raise UnreadableFile(
            paths[0],
            f"{spectrum.technique} data over {spectrum.x_unit or 'no unit'}",
            "an infrared or Raman spectrum in cm-1",
            do,
        )
    progress(1, 3, "finding bands")
    bands = find_bands(spectrum, 5.0, 0.01)
    progress(2, 3, "comparing")
    library = parameters["library"]
    files = library if isinstance(library, list) else [library] if library else []
    hits = by_library(spectrum, files) if files else by_bands(spectrum, bands)
    if files and not hits:
        raise UnreadableFile(
            files[0], "no spectrum over half of the sample's range", "reference spectra", "give others"
        )
    progress(3, 3, "comparing")
    return _answer(spectrum, bands, hits, bool(files))


def _answer(spectrum: Spectrum, bands: Sequence[Band], hits: Sequence[Hit], whole: bool) -> Answer:
    best = hits[0] if hits else None
    other = next((one for one in hits[1:] if best is not None and one.family != best.family), None)
    margin = best.score - (other.score if other else 0.0) if best else 0.0
    least = LIBRARY_SCORE if whole else LEAST_SCORE
    named = best is not None and best.score >= least and margin >= LEAST_MARGIN
    second = second_component(hits, best, bands, spectrum) if best and named and not whole else None
    recorded = [one for one in spectrum_checks(spectrum, bands) if one.name != "points"]
    checks = [*_checks(best, margin, least, whole), *recorded]
    worst = verdict_of(recorded)
    verdict = ("identified" if worst == "pass" else "review") if named else "unknown"
    detail = {
        "technique": spectrum.technique, "format": spectrum.format, "margin": margin,
        "best": best.name.en if best else None, "second": second.name.en if second else None,
        "checks": [one.as_json() for one in checks],
    }  # fmt: skip
    belongs = _belongs(bands, best if named else None, second)
    return Answer(
        verdict=verdict,
        sentence=_sentence(best, other, margin, named, second),
        findings=_findings(hits, margin),
        tables=[_hit_table(hits), band_table(spectrum, bands, belongs), checks_table(checks)],
        plots=_plots(spectrum, bands, best if named else None),
        warnings=[*file_notices(spectrum), *_notices(named, whole)],
        detail=detail,
    )


def _checks(best: Hit | None, margin: float, least: float, whole: bool) -> list[Check]:
    score = best.score if best else 0.0
    made = [
        Check("score", _TITLES["score"], score >= least, f"{score:.3f}", f"≥ {least:g}"),
        Check("margin", _TITLES["margin"], margin >= LEAST_MARGIN, f"{margin:.3f}", f"≥ {LEAST_MARGIN:g}"),
    ]
    if best and not whole:
        told = f"{len(best.pairs)} / {best.expected}"
        made.append(Check("bands", _TITLES["bands"], len(best.pairs) >= 0.6 * best.expected, told, "≥ 60 %"))
    return made


def _findings(hits: Sequence[Hit], margin: float) -> list[Finding]:
    if not hits:
        return [Finding("score", 0.0, "1", 1.0)]
    found = []
    for rank, hit in enumerate(hits[:_MOST_HITS], 1):
        extra = {
            "rank": rank,
            "family": hit.family,
            "bands": len(hit.pairs),
            "expected": hit.expected,
            "name_words": hit.name.as_json(),
        }
        found.append(
            Finding(
                hit.name.en,
                hit.score,
                "1",
                hit.u_score,
                extra | ({"margin": margin} if rank == 1 else {}),
                hit.name,
            )
        )
    return found


def _belongs(bands: Sequence[Band], best: Hit | None, second: Hit | None) -> list[str]:
    told = []
    for band in bands:
        owners = [
            hit.name.en for hit in (best, second) if hit and any(abs(at - band.position) < 1e-6 for _, at in hit.pairs)
        ]
        told.append(owners[0] if owners else "")
    return told if any(told) else []


def _sentence(best: Hit | None, other: Hit | None, margin: float, named: bool, second: Hit | None) -> Text:
    if best is None:
        return Text("No band to compare.", "没有可比较的谱带。", "沒有可比較的譜帶。")
    score = f"{best.score:.2f} ± {best.u_score:.2f}"
    if not named:
        return Text(
            f"Unknown: the nearest is {best.name.en} with a score of {score}, not enough to be named.",
            f"未能识别：最接近的是{best.name.zh_hans}，得分 {score}，不足以定名。",
            f"未能識別：最接近的是{best.name.zh_hant}，得分 {score}，不足以定名。",
        )
    said = [
        f"{best.name.en}: score {score}", f"{best.name.zh_hans}：得分 {score}", f"{best.name.zh_hant}：得分 {score}"
    ]  # fmt: skip
    if other:
        said[0] += f", {margin:.2f} before {other.name.en}"
        said[1] += f"，领先{other.name.zh_hans} {margin:.2f}"
        said[2] += f"，領先{other.name.zh_hant} {margin:.2f}"
    if second:
        said[0] += f"; what it leaves looks like {second.name.en}"
        said[1] += f"；其余谱带近似{second.name.zh_hans}"
        said[2] += f"；其餘譜帶近似{second.name.zh_hant}"
    return Text(f"{said[0]}.", f"{said[1]}。", f"{said[2]}。")


def _hit_table(hits: Sequence[Hit]) -> Table:
    columns = (
        Column("rank", Text("rank", "名次", "名次")),
        Column("material", Text("material", "物质", "物質")),
        Column("score", Text("score", "得分", "得分"), "1", 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "1", 3),
        Column("behind", Text("behind the best", "与最佳之差", "與最佳之差"), "1", 3),
        Column("bands", Text("bands", "吻合谱带", "吻合譜帶")),
        Column("explained", Text("of the signal", "解释的信号", "解釋的訊號"), "%", 0),
    )
    rows = [
        {
            "rank": rank, "material": hit.name.as_json(), "score": hit.score, "u": hit.u_score,
            "behind": hits[0].score - hit.score, "bands": f"{len(hit.pairs)} / {hit.expected}" if hit.expected else "",
            "explained": 100 * hit.of_signal,
        }
        for rank, hit in enumerate(hits[:_MOST_HITS], 1)
    ]  # fmt: skip
    return Table("hits", Text("Library hits", "谱库匹配", "譜庫匹配"), columns, rows)


def _plots(spectrum: Spectrum, bands: Sequence[Band], best: Hit | None) -> list[Plot]:
    made = []
    if best is not None and best.pairs:
        flat = spectrum.bands - baseline_of(spectrum.bands)
        flat = flat / (float(flat.max()) or 1.0)
        step = max(1, len(flat) // 4000)
        series = [
            {"label": "", "x": spectrum.x[::step].round(3).tolist(), "y": np.asarray(flat[::step]).round(4).tolist()}
        ]
        marks = [{"label": f"{place:g}", "x": place} for place, _ in best.pairs]
        name = best.name
        title = Text(f"Bands of {name.en}", f"{name.zh_hans}的谱带", f"{name.zh_hant}的譜帶")
        relative = Text("relative intensity", "相对强度", "相對強度")
        made.append(Plot("match", "line", title, x_title(spectrum), relative, {"series": series, "marks": marks}))
    return [*made, spectrum_plot(spectrum, bands)]


def _notices(named: bool, whole: bool) -> list[Notice]:
    if whole or named:
        return []
    count = len({one.name.en for one in materials()})
    text = Text(
        f"Compared with rounded bands of {count} common materials; a library of whole spectra can be given instead.",
        f"比对的是 {count} 种常见物质的谱带（位置取整）；也可提供完整谱图的谱库。",
        f"比對的是 {count} 種常見物質的譜帶（位置取整）；也可提供完整譜圖的譜庫。",
    )
    return [Notice("small-library", text)]


METHOD = Method(
    id="spectrum.identify",
    version="0.2",
    title=Text("Identify a material by IR or Raman", "红外与拉曼物质识别", "紅外與拉曼物質識別"),
    technique="ftir",
    accepts=KINDS,
    function=_run,
    parameters=(
        Parameter(
            "library", "file", None, Text("reference spectra", "参考谱库", "參考譜庫"), formats=KINDS, many=True
        ),
        NUMBER,
        TECHNIQUE,
        STANDARDS,
    ),
    example=(DATA / "polystyrene.txt.gz",),
    expected=Expected("identified", {"polystyrene": (0.83, 0.1)}),
    libraries=("numpy", "scipy", "pybaselines"),
    data=(BANDS, GROUPS),
)  # fmt: skip
