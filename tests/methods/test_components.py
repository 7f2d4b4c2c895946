"""A made run of gas chromatography gives its substances back, also those that elute a few scans apart."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from liqi.methods import find_method
from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry._components import components_of_run
from liqi.methods.readers import Spectrum, read
from tests.methods.samples import LARGE, RUN
from tests.methods.written import andi

SIGMA_SCANS, SCANS, HEIGHT = 2.0, 160, 1e5
Peaks = tuple[np.ndarray, np.ndarray]
BLEED = {28: 4e3, 73: 2e3, 207: 3e3, 281: 1e3}


def substance(seed: int) -> Peaks:
    dice = np.random.default_rng(seed)
    masses = np.sort(dice.choice(np.arange(40, 320), 14, replace=False)).astype(float)
    return masses, dice.uniform(5, 100, 14)


def chromatogram(substances: Sequence[Peaks], centres: Sequence[float], scans: int = SCANS) -> list[Peaks]:
    """Scans with Gaussian peaks of the substances over bleed that wavers by 3 %."""
    dice = np.random.default_rng(7)
    made = []
    for scan in range(scans):
        heights = {float(mass): height * (1 + 0.03 * dice.standard_normal()) for mass, height in BLEED.items()}
        for (masses, parts), centre in zip(substances, centres, strict=True):
            share = HEIGHT * np.exp(-((scan - centre) ** 2) / (2 * SIGMA_SCANS**2)) / 100
            for mass, part in zip(masses.tolist(), parts.tolist(), strict=True):
                if share * part > 50:
                    heights[mass] = heights.get(mass, 0.0) + share * part
        order = sorted(heights)
        made.append((np.array(order), np.array([heights[mass] for mass in order])))
    return made


def spectra_of(scans: Sequence[Peaks]) -> list[Spectrum]:
    return [Spectrum(mz, height, 1, float(i), centroid=True) for i, (mz, height) in enumerate(scans)]


def alike(one: Spectrum, other: Peaks) -> float:
    """The cosine of two spectra at nominal mass."""
    dense = np.zeros((2, 1_000))
    dense[0, one.mz.astype(int)] = one.intensity
    dense[1, other[0].astype(int)] = other[1]
    return float(dense[0] @ dense[1] / np.linalg.norm(dense[0]) / np.linalg.norm(dense[1]))


def test_substances_a_few_scans_apart_are_parted_and_bleed_is_left_out() -> None:
    substances, centres = [substance(seed) for seed in (1, 2, 3)], [40.0, 90.0, 94.0]
    found = components_of_run(spectra_of(chromatogram(substances, centres)), first=5)
    assert [one.index for one in found] == [5, 6, 7]
    assert [one.apex_s for one in found] == pytest.approx(centres, abs=1.0)
    assert [alike(one.spectrum, made) > 0.95 for one, made in zip(found, substances, strict=True)] == [True] * 3
    assert all(not set(one.spectrum.mz.tolist()) & (set(map(float, BLEED)) - set(made[0].tolist()))
               for one, made in zip(found, substances, strict=True))  # fmt: skip


def test_bleed_alone_and_a_run_of_few_scans_hold_no_component() -> None:
    assert components_of_run(spectra_of(chromatogram([], []))) == []
    assert components_of_run(spectra_of(chromatogram([substance(1)], [1.0], scans=3))) == []
    assert components_of_run([]) == []


def library_of(folder: Path, substances: Sequence[Peaks]) -> SpectralLibrary:
    records = ""
    for number, (masses, heights) in enumerate(substances):
        peaks = "; ".join(f"{mass:.0f} {height:.1f}" for mass, height in zip(masses, heights, strict=True))
        records += f"Name: substance {number}\nInstrument_type: EI-B\nNum Peaks: {masses.size}\n{peaks}\n\n"
    (folder / "gas.msp").write_text(records)
    return SpectralLibrary.load(folder / "gas.msp")


def test_a_run_of_gas_chromatography_is_answered_with_an_ei_library(tmp_path: Path) -> None:
    substances, centres = [substance(seed) for seed in (1, 2, 3)], [40.0, 90.0, 94.0]
    library = library_of(tmp_path, [*substances, *(substance(seed) for seed in range(10, 30))])
    andi(tmp_path / "run.cdf", chromatogram(substances, centres))
    found = identify(tmp_path / "run.cdf", library)["features"]
    named = [(one["candidates"][0]["name"], one["retention_time_s"]) for one in found if one["verdict"] == "identified"]
    assert [name for name, _ in named] == ["substance 0", "substance 1", "substance 2"]
    assert [time - 60 for _, time in named] == pytest.approx(centres, abs=1.0)
    answer = find_method("ms.identify").run([tmp_path / "run.cdf"], {"library": str(tmp_path / "gas.msp")})
    assert len(answer.findings) == 3
    for finding in answer.findings:
        base = substances[int(finding.name.split()[-1])]
        assert finding.value == base[0][np.argmax(base[1])]
        assert finding.uncertainty == pytest.approx(0.5 / 3**0.5, rel=1e-3)


def test_a_run_with_fragment_spectra_stays_one_whatever_the_library(tmp_path: Path) -> None:
    library = library_of(tmp_path, [substance(1), substance(2)])
    assert all(one["precursor_mz"] for one in identify(RUN, library)["features"])


@pytest.mark.large
@pytest.mark.skipif(not (LARGE / "massbank/library_ei.parquet").exists(), reason="no ../shared/data")
def test_real_spectra_put_into_a_run_are_found_as_often_as_by_themselves() -> None:
    library = SpectralLibrary.load(LARGE / "massbank/library_ei.parquet")
    rows = [
        row
        for row in pl.read_parquet(LARGE / "massbank/dev_queries_ei.parquet").to_dicts()
        if row["truth"] == "known" and len(row["mz"]) >= 30
    ]
    measured = [Spectrum(np.array(row["mz"]), np.array(row["intensity"])) for row in rows]
    alone = [one["candidates"][0]["inchikey"][:14] for one in identify(measured, library)["features"]]
    parts = [(np.floor(one.mz + 0.38), one.intensity * 100 / one.intensity.max()) for one in measured]
    summed = [(np.unique(m), np.array([h[m == one].sum() for one in np.unique(m)])) for m, h in parts]
    centres = [20.0 + 12 * place for place in range(len(summed))]
    found = components_of_run(spectra_of(chromatogram(summed, centres, scans=140 + 12 * len(summed))))
    answers = identify([one.spectrum for one in found], library)["features"]
    right = sum(
        any(
            abs(one["retention_time_s"] - centre) <= 1 and one["candidates"][0]["inchikey"][:14] == row["inchikey_1"]
            for one in answers
        )
        for row, centre in zip(rows, centres, strict=True)
    )
    by_itself = sum(name == row["inchikey_1"] for name, row in zip(alone, rows, strict=True))
    assert len(found) <= 1.1 * len(rows)
    assert right >= by_itself - 1


@pytest.mark.large
@pytest.mark.skipif(not (LARGE / "ms/gcms_ei_run.jdx").exists(), reason="no ../shared/data")
def test_the_stabiliser_of_a_real_propellant_is_a_component() -> None:
    """Diphenylamine (m/z 169, 168, 167) and ethyl centralite (120, 148) are what such powders are known by."""
    found = components_of_run(read(LARGE / "ms/gcms_ei_run.jdx"))
    strongest = [set(one.spectrum.mz[np.argsort(one.spectrum.intensity)[-3:]].tolist()) for one in found]
    assert {169.0, 168.0, 167.0} in strongest
    assert any({120.0, 148.0} <= one for one in strongest)
