"""A screening as an answer in three languages."""

from collections.abc import Sequence

from liqi.methods._answer import Answer, Finding, Notice
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._damaged import damaged
from liqi.methods.mass_spectrometry._screened import Screened, Screening
from liqi.methods.mass_spectrometry._screening_tables import (
    absent_table,
    chance_table,
    figures,
    suspects_table,
)
from liqi.methods.mass_spectrometry.run import Run

_NAMED = 6
_WORTH_TELLING = 0.5


def answer_of(screening: Screening, run: Run, tolerance: str, blank: bool = False) -> Answer:
    """Return the answer; every suspect has its row, found or not."""
    detected = screening.detected
    doubtful = [one for one in screening.screened if one.verdict == "doubtful"]
    return Answer(
        verdict="detected" if detected else "not found",
        sentence=_sentence(screening),
        findings=[_finding(one, tolerance) for one in [*_by_level(detected), *doubtful]],
        tables=[suspects_table(screening), chance_table(screening), absent_table(screening)],
        plots=figures(screening, run, tolerance),
        warnings=_notices(screening, doubtful, blank),
        tags=["composite"] if _is_composite(run) else [],
        detail={
            "suspects": len(screening.screened),
            "features_searched": screening.features,
            "decoys": screening.decoys,
        },
    )


def _is_composite(run: Run) -> bool:
    with run.path.open("rb") as stream:
        return b'id="COMPOSITE_' in stream.read(8192)


def _by_level(detected: Sequence[Screened]) -> list[Screened]:
    return sorted(detected, key=lambda one: one.level or "")


def _sentence(screening: Screening) -> Text:
    asked, found = len(screening.screened), screening.detected
    if not found:
        return Text(
            f"None of the {asked} suspects was detected.",
            f"{asked} 种可疑物均未检出。",
            f"{asked} 種可疑物均未檢出。",
        )
    fits, pattern, mass = (len(screening.at(level)) for level in ("3", "4", "5"))
    chance = sum(screening.by_chance.values())
    return Text(
        f"{len(found)} of {asked} suspects were detected: {fits} with fragments that fit (level 3), {pattern} by mass "
        f"and isotope pattern (level 4), {mass} by mass alone (level 5); about {chance:.1f} of those without "
        f"fragments are expected by chance.",
        f"{asked} 种可疑物中检出 {len(found)} 种：碎片谱吻合 {fits} 种（3 级），"
        f"质量与同位素分布吻合 {pattern} 种（4 级），仅质量吻合 {mass} 种（5 级）；"
        f"其中无碎片谱支持者预计约有 {chance:.1f} 种属偶然。",
        f"{asked} 種可疑物中檢出 {len(found)} 種：碎片圖譜吻合 {fits} 種（3 級），"
        f"質量與同位素分布吻合 {pattern} 種（4 級），僅質量吻合 {mass} 種（5 級）；"
        f"其中無碎片圖譜支持者預計約有 {chance:.1f} 種屬偶然。",
    )


def _finding(one: Screened, tolerance: str) -> Finding:
    """The measured m/z, with the standard uncertainty of a uniform window of the tolerance."""
    place = one.place
    assert place is not None
    mz = place.feature.mz or 0.0
    ppm = float(tolerance.lower().removesuffix("ppm"))
    extra = {name: value for name, value in one.as_json().items() if name not in ("name", "mz")}
    return Finding(one.suspect.name, round(mz, 5), "m/z", round(mz * ppm * 1e-6 / 3**0.5, 6), extra)


def _notices(screening: Screening, doubtful: Sequence[Screened], blank: bool) -> list[Notice]:
    found = screening.detected
    notices = [_NO_PROOF]
    mass_only = screening.at("5")
    if mass_only and (screening.false_discovery("5") or 0) >= _WORTH_TELLING:
        notices.append(_MOSTLY_CHANCE)
    same = [one for one in found if one.isobaric]
    if same:
        notices.append(_isobaric(same))
    if doubtful:
        notices.append(_doubtful(doubtful))
    blanks = [one for one in found if one.in_blank]
    if blanks:
        notices.append(_in_blank(blanks))
    if not blank:
        notices.append(_NO_BLANK)
    if any(one.suspect.retention_time_s is None for one in found):
        notices.append(_NO_TIME)
    return [*notices, *(damaged(said) for said in screening.problems)]


def _names(some: Sequence[Screened], word: str = ", ") -> str:
    more = f" (+{len(some) - _NAMED})" if len(some) > _NAMED else ""
    return word.join(one.suspect.name for one in some[:_NAMED]) + more


def _isobaric(same: Sequence[Screened]) -> Notice:
    groups = sorted({" / ".join(sorted([one.suspect.name, *one.isobaric])) for one in same})
    more = f" (+{len(groups) - _NAMED})" if len(groups) > _NAMED else ""
    said = "; ".join(groups[:_NAMED]) + more
    return Notice(
        "isobaric",
        Text(
            f"These suspects have one mass and are not told apart: {said}.",
            f"以下可疑物质量相同，未能区分：{said}。",
            f"以下可疑物質量相同，未能區分：{said}。",
        ),
    )


def _doubtful(doubtful: Sequence[Screened]) -> Notice:
    return Notice(
        "doubtful",
        Text(
            f"An ion of the right mass has the isotope pattern or the fragments of something else: {_names(doubtful)}.",
            f"以下可疑物质量吻合，但同位素分布或碎片谱属于其他物质：{_names(doubtful, '、')}。",
            f"以下可疑物質量吻合，但同位素分布或碎片圖譜屬於其他物質：{_names(doubtful, '、')}。",
        ),
    )


def _in_blank(blanks: Sequence[Screened]) -> Notice:
    return Notice(
        "in-blank",
        Text(
            f"The blank has at least a third of the signal of: {_names(blanks)}.",
            f"空白样品中以下物质的信号达到样品的三分之一以上：{_names(blanks, '、')}。",
            f"空白樣品中以下物質的訊號達到樣品的三分之一以上：{_names(blanks, '、')}。",
        ),
    )


_NO_PROOF = Notice(
    "screening",
    Text(
        "Detected means that the ion is there, not that the substance is proven or above any limit: confirm with a "
        "reference standard.",
        "“检出”仅表示该离子存在，不等于确证该物质，也不表示超过任何限量：请用标准品确证。",
        "「檢出」僅表示該離子存在，不等於確證該物質，也不表示超過任何限量：請以標準品確證。",
    ),
)
_MOSTLY_CHANCE = Notice(
    "mostly-chance",
    Text(
        "Most of what was detected by mass alone is expected by chance: use it to exclude, not to accuse.",
        "仅凭质量检出者多数可能属偶然：宜用于排除，不宜用于认定。",
        "僅憑質量檢出者多數可能屬偶然：宜用於排除，不宜用於認定。",
    ),
)
_NO_BLANK = Notice(
    "no-blank",
    Text(
        "No blank was given: what comes from solvent or laboratory cannot be told.",
        "未提供空白样品：无法判断信号是否来自溶剂或实验室。",
        "未提供空白樣品：無法判斷訊號是否來自溶劑或實驗室。",
    ),
)
_NO_TIME = Notice(
    "no-retention-time",
    Text(
        "Suspects without a retention time are looked for anywhere in the run.",
        "未给出保留时间的可疑物在整个运行中查找。",
        "未給出滯留時間的可疑物在整個執行中查找。",
    ),
)
