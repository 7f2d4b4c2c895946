"""The NIST powders: every component, none that is not there, isomers told apart, also among all of MassBank."""

import csv
import itertools
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary, identify_mixture
from liqi.methods.mass_spectrometry._calibrants import offset_of, parts_mz
from liqi.methods.mass_spectrometry._signal_shares import signal_shares
from liqi.methods.mass_spectrometry.mixture import read_powder
from liqi.methods.readers import Spectrum, read
from tests.methods.samples import LARGE, POWDER, needs_large

METHOD = find_method("ms.mixture")
REFERENCES = POWDER / "library_dart.msp"
MASSBANK = LARGE / "massbank/library_ms2.parquet"
VOLTAGES = (30, 60, 90)
TRUTH: dict[str, set[str]] = {}
for row in csv.DictReader((POWDER / "truth.csv").read_text(encoding="utf-8").splitlines()):
    TRUTH.setdefault(row["sample"], set()).add(row["inchikey"])


def files(sample: str, *voltages: int) -> list[Path]:
    return [POWDER / f"{sample}_{voltage}V.csv" for voltage in voltages or VOLTAGES]


def together(samples: Sequence[str], parts: Sequence[float]) -> dict[int, Spectrum]:
    """SYNTHETIC: measured powders added, each in its part of the signal."""
    made = {}
    powders = [read_powder(files(sample)) for sample in samples]
    for voltage in VOLTAGES:
        spectra = [powder[voltage] for powder in powders]
        mz = np.concatenate([one.mz for one in spectra])
        height = np.concatenate([p * s.intensity / s.intensity.sum() for p, s in zip(parts, spectra, strict=True)])
        order = np.argsort(mz)
        made[voltage] = Spectrum(mz[order], height[order], ms_level=1, centroid=True)
    return made


def pure(shift_da: float = 0.0) -> dict[str, dict[int, Spectrum]]:
    spectra: dict[str, dict[int, Spectrum]] = {}
    for one in read(REFERENCES):
        moved = Spectrum(one.mz + shift_da, one.intensity, ms_level=1, centroid=True)
        spectra.setdefault(one.name, {})[int(one.collision_energy or 0)] = moved
    return spectra


@pytest.mark.parametrize("sample", TRUTH)
def test_each_powder_gives_exactly_its_components(sample: str) -> None:
    answer = METHOD.run(files(sample))
    assert {finding.extra["inchikey"] for finding in answer.findings} == TRUTH[sample]


@pytest.mark.parametrize("sample", TRUTH)
@pytest.mark.parametrize("decoys", ["shipped", pytest.param("massbank", marks=needs_large)])
def test_open_fragment_spectra_as_decoys_change_nothing(sample: str, decoys: str) -> None:
    other = MASSBANK if decoys == "massbank" else SMALL_LIBRARY
    started = time.process_time()
    answer = METHOD.run(files(sample), {"library": [str(REFERENCES), str(other)]})
    assert time.process_time() - started < 3
    assert answer.verdict == "identified"
    assert {finding.extra["inchikey"] for finding in answer.findings} == TRUTH[sample]
    assert answer.detail["fragment_spectra"] > 9000


@pytest.mark.parametrize("decoys", ["none", pytest.param("massbank", marks=needs_large)])
@pytest.mark.parametrize(
    ("samples", "parts"),
    [
        (samples, parts)
        for samples in itertools.chain(
            itertools.combinations(sorted(TRUTH), 2), itertools.combinations(sorted(TRUTH), 3)
        )
        for parts in ([1.0] * len(samples), [0.3] + [1.0] * (len(samples) - 1))
    ],
)
def test_powders_added_to_each_other_give_all_their_components(
    samples: list[str], parts: list[float], decoys: str
) -> None:
    libraries = [REFERENCES] if decoys == "none" else [REFERENCES, MASSBANK]
    mixture = identify_mixture(together(samples, parts), libraries)
    present = set.union(*(TRUTH[sample] for sample in samples))
    assert {one.reference.inchikey for one in mixture.found} == present
    assert not [lead for lead in mixture.leads if lead.verdict == "possible"]


def test_a_built_library_keeps_what_was_recorded_at_voltages(tmp_path: Path) -> None:
    SpectralLibrary.load(REFERENCES).save(tmp_path / "references.liqi")
    mixture = identify_mixture(files("mixture1"), [tmp_path / "references.liqi"])
    assert {one.reference.inchikey for one in mixture.found} == TRUTH["mixture1"]
    assert {tuple(sorted(one.reference.spectra)) for one in mixture.substances} == {VOLTAGES}
    SpectralLibrary.load(REFERENCES).records.write_parquet(tmp_path / "references.parquet")
    again = identify_mixture(files("mixture1"), [tmp_path / "references.parquet"])
    assert [one.reference.name for one in again.found] == [one.reference.name for one in mixture.found]


@pytest.mark.parametrize("shift_da", [-0.004, 0.0, 0.004])
def test_masses_that_are_off_are_corrected(shift_da: float) -> None:
    powder = {
        voltage: Spectrum(one.mz + shift_da, one.intensity) for voltage, one in read_powder(files("mixture2")).items()
    }
    mixture = identify_mixture(powder)
    assert {one.reference.inchikey for one in mixture.found} == TRUTH["mixture2"]
    ions = {one.reference.name: (one.target_mz or 0) - one.reference.ion_mz for one in mixture.found}
    assert all(abs(error) < 0.001 for error in ions.values())
    for offset in mixture.offsets.values():
        assert offset is not None
        assert offset.da == pytest.approx(shift_da + 0.0015, abs=0.001)


def test_the_offset_withstands_wrong_pairs() -> None:
    offset = offset_of(np.array([0.0030, 0.0031, 0.0029, 0.0030, -0.009]))
    assert offset is not None
    assert offset.da == pytest.approx(0.003)
    assert offset.spread_da < 0.0002
    assert offset_of(np.array([0.003, 0.003])) is None


def test_parts_of_a_molecule_have_the_masses_of_their_formulas() -> None:
    parts = parts_mz("C9H13N")
    for ion in (91.05423, 119.08553, 136.11208):  # C7H7+, C9H11+, C9H14N+
        assert np.abs(parts - ion).min() < 2e-5


@pytest.mark.parametrize("part", [0.1, 0.25, 0.5, 0.8])
def test_shares_of_the_signal_are_those_that_were_put_in(part: float) -> None:
    first, second = (pure()[name] for name in ("acetyl fentanyl", "methamphetamine"))
    powder = {}
    for voltage in VOLTAGES:
        one, other = first[voltage], second[voltage]
        mz = np.concatenate([one.mz, other.mz])
        height = np.concatenate(
            [part * one.intensity / one.intensity.sum(), (1 - part) * other.intensity / other.intensity.sum()]
        )
        order = np.argsort(mz)
        powder[voltage] = Spectrum(mz[order], height[order])
    shares = signal_shares(powder, [first, second], 0.005)
    assert shares is not None
    for share, put_in in zip(shares, (part, 1 - part), strict=True):
        assert share.share == pytest.approx(put_in, abs=0.02)
        assert share.low <= put_in <= share.high
        assert share.uncertainty > 0


def test_shares_and_what_is_unassigned_are_the_whole() -> None:
    mixture = identify_mixture(files("mixture1"))
    shares = [one.signal.share for one in mixture.found if one.signal]
    assert len(shares) == 2
    assert 0.9 < sum(shares) <= 1.0
    again = identify_mixture(files("mixture1"))
    assert [one.signal for one in again.found] == [one.signal for one in mixture.found]


def test_references_that_are_alike_are_named_together(tmp_path: Path) -> None:
    text = REFERENCES.read_text(encoding="utf-8")
    twin = text.replace("Name: methamphetamine", "Name: its twin").replace("MYWUZJCMWCOHBA", "AAAAAAAAAAAAAA")
    (tmp_path / "twins.msp").write_text(text + "\n\n" + twin, encoding="utf-8")
    answer = METHOD.run(files("mixture3"), {"library": str(tmp_path / "twins.msp")})
    groups = {finding.name: finding.extra["verdict"] for finding in answer.findings}
    assert groups == {"acetyl fentanyl": "identified", "its twin / methamphetamine": "isomers"}


def test_a_reference_that_is_but_a_fragment_of_another_is_not_called_present(tmp_path: Path) -> None:
    """SYNTHETIC: a pure substance whose ion is the fragment m/z 188 of acetyl fentanyl, and falls apart alike."""
    record = "Name: the fragment\nPrecursorMZ: 188.14338\nPrecursor_type: [M+H]+\nIon_mode: P\nFormula: C13H17N\n"
    peaks = {30: "188.1434 1000\n105.0699 20", 60: "188.1434 1000\n105.0699 150", 90: "188.1434 1000\n105.0699 760"}
    text = REFERENCES.read_text(encoding="utf-8")
    for voltage, listed in peaks.items():
        text += f"\n\n{record}Instrument_type: DART-TOF\nIn-source_voltage: {voltage}\nNum Peaks: 2\n{listed}"
    (tmp_path / "more.msp").write_text(text + "\n", encoding="utf-8")
    for sample in ("mixture2", "mixture3"):
        mixture = identify_mixture(files(sample), [tmp_path / "more.msp"])
        fragment = next(one for one in mixture.substances if one.reference.name == "the fragment")
        assert fragment.smallest_share > 0.8
        assert fragment.target_share > 0.01
        assert {one.reference.inchikey for one in mixture.found} == TRUTH[sample]


@pytest.mark.parametrize("names", [c for n in (2, 3, 4) for c in itertools.combinations(range(4), n)])
def test_synthetic_powders_of_any_of_the_four_give_their_components(names: tuple[int, ...]) -> None:
    """SYNTHETIC: the references added with random parts, 15 % noise on each peak, 1 mDa jitter, 2 mDa offset."""
    random = np.random.default_rng(sum(2**i for i in names))
    references = pure(0.002)
    chosen = [list(references)[i] for i in names]
    for _ in range(10):
        parts = random.uniform(0.2, 1.0, len(chosen))
        powder = {}
        for voltage in VOLTAGES:
            spectra = [references[name][voltage] for name in chosen]
            mz = np.concatenate([one.mz + random.normal(0, 0.0005, one.mz.size) for one in spectra])
            heights = [
                part * one.intensity / one.intensity.sum() * random.lognormal(0, 0.15, one.mz.size)
                for part, one in zip(parts, spectra, strict=True)
            ]
            height = np.concatenate(heights)
            order = np.argsort(mz)
            powder[voltage] = Spectrum(mz[order], height[order], ms_level=1, centroid=True)
        assert {one.reference.name for one in identify_mixture(powder).found} == set(chosen)


def test_a_drug_known_by_fragment_spectra_alone_is_possible_and_no_more(tmp_path: Path) -> None:
    spectra = pure(0.002)["methamphetamine"]
    head = "Name: a drug\nPrecursorMZ: 150.12773\nPrecursor_type: [M+H]+\nIon_mode: P\nFormula: C10H15N\n"
    head += "Instrument_type: LC-ESI-QTOF\nCollision_energy: "
    low = "20 eV\nNum Peaks: 4\n65.0386 30\n91.0542 1000\n117.0699 20\n119.0855 700\n\n"
    high = "50 eV\nNum Peaks: 3\n65.0386 50\n91.0542 1000\n115.0542 30\n\n"
    (tmp_path / "drug.msp").write_text(head + low + head + high, encoding="utf-8")
    others = [record for record in REFERENCES.read_text().split("\n\n") if "amphetamine" not in record]
    (tmp_path / "others.msp").write_text("\n\n".join(others), encoding="utf-8")
    for voltage, spectrum in spectra.items():
        lines = [f"{mz:.5f},{height:.3f}" for mz, height in zip(spectrum.mz, spectrum.intensity, strict=True)]
        (tmp_path / f"powder_{voltage}V.csv").write_text("mz,intensity\n" + "\n".join(lines), encoding="utf-8")
    powder = [tmp_path / f"powder_{voltage}V.csv" for voltage in VOLTAGES]
    given = {"library": [str(tmp_path / "drug.msp"), str(tmp_path / "others.msp")]}
    answer = METHOD.run(powder, given)
    assert [(one.name, one.extra["verdict"]) for one in answer.findings] == [("a drug", "possible")]
    assert answer.verdict == "possible"
    assert {"fragment-spectra-only", "mass-offset-unknown"} <= {warning.code for warning in answer.warnings}


def test_the_order_of_the_files_does_not_matter() -> None:
    one, other = METHOD.run(files("mixture1")), METHOD.run(files("mixture1")[::-1])
    assert one.findings == other.findings


def test_one_voltage_alone_calls_nothing_present() -> None:
    answer = METHOD.run(files("mixture1", 30))
    assert answer.verdict == "unknown"
    assert "one-voltage" in [warning.code for warning in answer.warnings]
    assert "acetyl fentanyl" in answer.sentence.en, "its ion is the base peak: it is not called absent either"
    assert "None of" not in answer.sentence.en
    verdicts = {row["compound"]: row["verdict"]["en"] for row in answer.tables[0].rows}
    assert verdicts["acetyl fentanyl"] == "ion seen, cannot be told"
    assert verdicts["amphetamine"] == "not found"


def test_a_substance_outside_the_library_leaves_peaks_unexplained(tmp_path: Path) -> None:
    records = REFERENCES.read_text().split("\n\n")
    fewer = tmp_path / "fewer.msp"
    fewer.write_text("\n\n".join(record for record in records if "methamphetamine" in record))
    answer = METHOD.run(files("mixture1"), {"library": str(fewer)})
    assert not answer.findings
    assert answer.tables[1].rows[0]["mz"] == pytest.approx(323.21, abs=0.02)


def test_two_samples_at_once_and_a_file_without_voltage_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="second spectrum at 30 V"):
        METHOD.run([*files("mixture1"), *files("mixture2")])
    path = tmp_path / "nameless.csv"
    path.write_text("mz,intensity\n100,1\n")
    with pytest.raises(UnreadableFile, match="without its voltage"):
        METHOD.run([path])
    with pytest.raises(BadParameter, match="least_share"):
        identify_mixture(files("mixture1"), least_share=0.0)


def test_a_library_is_given_by_its_path_alone_too() -> None:
    told = [
        [(one.reference.name, one.present) for one in identify_mixture(files("mixture2"), given).substances]
        for given in (REFERENCES, [REFERENCES])
    ]
    assert told[0] == told[1]
