"""Maps as answers in three languages: findings with uncertainty, the curve as a table, checks, figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table
from liqi.methods._text import Text
from liqi.methods.cryoem import _pictures, _shells
from liqi.methods.cryoem._agreement import Agreement, local_resolution

Floats = NDArray[np.float32]
EVEN_ENOUGH = 0.8
"""Below it, uneven views cost resolution (Baldwin and Lyumkis 2020: side views alone have 0.81)."""
QUIET = 0.1
"""The mean of the curve beyond the limit that two independent halves stay below."""

NO_PIXEL = Notice(
    "no pixel size",
    Text(
        "The files do not say the size of a pixel; lengths are in pixels. Set pixel_angstrom.",
        "文件未给出像素尺寸，长度以像素计。请设置 pixel_angstrom。",
        "檔案未給出像素尺寸，長度以像素計。請設定 pixel_angstrom。",
    ),
)
NOT_APART = Notice(
    "halves split here",
    Text(
        "The file does not say which half each particle belongs to (rlnRandomSubset), so every other one was taken; if "
        "their poses were found against one common map, the resolution is too good.",
        "文件未注明各颗粒所属半集（rlnRandomSubset），此处按奇偶拆分；若取向由同一参考图求得，则分辨率偏乐观。",
        "檔案未註明各顆粒所屬半集（rlnRandomSubset），此處按奇偶拆分；若取向由同一參考圖求得，則解析度偏樂觀。",
    ),
)
TURNED = Notice(
    "contrast turned",
    Text(
        "The particle came out darker than its surroundings, so the sign of the map was turned.",
        "颗粒密度低于背景，已将密度图反号。",
        "顆粒密度低於背景，已將密度圖反號。",
    ),
)
HAND = Notice(
    "hand not known",
    Text(
        "Projections cannot tell a particle from its mirror image: the hand of the map is not known.",
        "投影无法区分颗粒与其镜像：密度图的手性未定。",
        "投影無法區分顆粒與其鏡像：密度圖的手性未定。",
    ),
)


def resolution_findings(agreement: Agreement) -> list[Finding]:
    """Return the resolution by the rules 0.143 and 0.5, with half a shell as uncertainty."""
    gold, half = agreement.gold, agreement.half
    rule = {"rule": "FSC 0.143 (Rosenthal and Henderson 2003)", "reached": gold.reached}
    return [
        Finding("resolution", round(gold.angstrom, 3), "Å", round(gold.uncertainty_angstrom, 3), rule),
        Finding(
            "resolution at 0.5", round(half.angstrom, 3), "Å", round(half.uncertainty_angstrom, 3), {"rule": "FSC 0.5"}
        ),
    ]


POSES = (
    Column("image", Text("image", "图像", "影像")),
    Column("rot", Text("rot", "rot", "rot"), "°", 2),
    Column("tilt", Text("tilt", "tilt", "tilt"), "°", 2),
    Column("psi", Text("psi", "psi", "psi"), "°", 2),
    Column("shift_x", Text("shift x", "x 位移", "x 位移"), "px", 2),
    Column("shift_y", Text("shift y", "y 位移", "y 位移"), "px", 2),
    Column("correlation", Text("correlation", "相关系数", "相關係數"), "1", 3),
)


def poses_table(poses_deg: NDArray[Any], shifts_px: NDArray[Any], score: NDArray[Any]) -> Table:
    """Return the pose of each image as rows, with its shift and how well it fits."""
    names = [column.name for column in POSES[1:]]
    rows = [
        {"image": number} | dict(zip(names, (round(float(v), 3) for v in (*pose, *shift, fit)), strict=True))
        for number, (pose, shift, fit) in enumerate(zip(poses_deg, shifts_px, score, strict=True), 1)
    ]
    return Table("poses", Text("Poses found", "求得的取向", "求得的取向"), POSES, rows)


def agreement_checks(agreement: Agreement) -> list[Check]:
    """Return whether the curve falls, and stays down, as that of independent halves does."""
    gold = agreement.gold
    limit = agreement.size * agreement.pixel_angstrom / gold.angstrom
    beyond = agreement.corrected[int(np.ceil(1.3 * limit)) + 1 :]
    rest = float(beyond.mean()) if beyond.size > 2 else 0.0
    return [
        Check(
            "falls",
            Text("the curve falls before the pixel's limit", "曲线在像素极限之前下降", "曲線在像素極限之前下降"),
            gold.reached,
            f"{gold.angstrom:.2f} Å",
            f"> {2 * agreement.pixel_angstrom:.2f} Å",
        ),
        Check(
            "stays",
            Text("no agreement beyond the limit", "极限之外无残余相关", "極限之外無殘餘相關"),
            abs(rest) <= QUIET,
            f"{rest:.3f}",
            f"≤ {QUIET}",
        ),
    ]


def curve_table(agreement: Agreement, masked: bool) -> Table:
    """Return the curves as rows, one a shell; what a mask of the molecule adds only where there is one."""
    columns: tuple[Column, ...] = (
        Column("resolution", Text("resolution", "分辨率", "解析度"), "Å", 2),
        Column("unmasked", Text("unmasked", "无掩膜", "無遮罩"), "1", 4),
        Column("masked", Text("masked", "加掩膜", "加遮罩"), "1", 4),
        Column("random", Text("phases random", "随机相位", "隨機相位"), "1", 4),
        Column("corrected", Text("corrected", "校正后", "校正後"), "1", 4),
    )
    columns = columns if masked else columns[:3]
    length = agreement.size * agreement.pixel_angstrom
    curves = (agreement.unmasked, agreement.masked, agreement.random, agreement.corrected)
    rows = [
        {"resolution": round(length / shell, 3)}
        | {column.name: round(float(curve[shell]), 5) for column, curve in zip(columns[1:], curves, strict=False)}
        for shell in range(1, len(agreement.corrected))
    ]
    return Table("fsc", Text("Fourier shell correlation", "傅里叶壳层相关", "傅立葉殼層相關"), columns, rows)


def map_parts(
    density: Floats, halves: tuple[Floats, Floats], pixel_angstrom: float, gold_angstrom: float, with_local: bool
) -> tuple[list[Plot], list[Finding]]:
    """Return slices, surface and, when asked for, the local resolution with its quartiles within the particle."""
    mask = _shells.around_molecule(density, pixel_angstrom, gold_angstrom) > 0.5
    level = float(density[mask].mean()) if mask.any() else float(density.mean() + 3 * density.std())
    plots, findings = (
        [
            _pictures.volume(density, pixel_angstrom, level),
            *_pictures.surface(density, pixel_angstrom, level),
            *_pictures.slices(density, pixel_angstrom),
        ],
        [],
    )
    if with_local and mask.any():
        found = local_resolution(halves[0], halves[1], pixel_angstrom)
        plots.append(_pictures.local(found, mask, pixel_angstrom))
        quartiles = np.percentile(found[mask], (25, 50, 75))
        spread = {"rule": "local FSC 0.5", "quartiles_angstrom": [round(float(one), 2) for one in quartiles]}
        spare = float(quartiles[2] - quartiles[0]) / 1.349
        findings.append(Finding("median local resolution", round(float(quartiles[1]), 2), "Å", round(spare, 2), spread))
    return plots, findings


def tags_of(files: Sequence[Path]) -> list[str]:
    """Return the tag of made-up data where a file's name says so."""
    return [SYNTHETIC] if any(SYNTHETIC in path.name.lower() for path in files) else []


def answer_of(
    agreement: Agreement,
    findings: Sequence[Finding],
    checks: Sequence[Check],
    tables: Sequence[Table],
    plots: Sequence[Plot],
    notices: Sequence[Notice],
    detail: Mapping[str, Any],
    files: Sequence[Path],
) -> Answer:
    """Return the answer with its verdict: pass when every check passes, else review."""
    gold = agreement.gold
    failed = [one for one in checks if not one.passed]
    said = f"{gold.angstrom:.1f} Å"
    sentence = Text(f"Resolution {said} (FSC 0.143)", f"分辨率 {said}（FSC 0.143）", f"解析度 {said}（FSC 0.143）")
    ends = Text(".", "。", "。")
    if failed:
        names = [one.title for one in failed]
        ends = Text(
            f"; look again: {'; '.join(n.en for n in names)}.",
            f"；需复核：{'；'.join(n.zh_hans for n in names)}。",
            f"；需複核：{'；'.join(n.zh_hant for n in names)}。",
        )
    whole = Text(sentence.en + ends.en, sentence.zh_hans + ends.zh_hans, sentence.zh_hant + ends.zh_hant)
    return Answer(
        verdict="review" if failed else "pass",
        sentence=whole,
        findings=findings,
        tables=[checks_table(checks), *tables],
        plots=plots,
        warnings=notices,
        tags=tags_of(files),
        detail={**detail, "checks": [one.as_json() for one in checks]},
    )
