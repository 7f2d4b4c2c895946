"""Readers give what the file says, and a broken file gives one clear sentence."""

import base64
import gzip
import random
import struct
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile
from liqi.methods.readers import Spectrum, mzml, read, sniff
from tests.methods.samples import MASSBANK, MGF, MSP, POWDER, RUN


def mzxml(scans: int = 3) -> bytes:
    peaks = base64.b64encode(struct.pack(">4f", 50.5, 10.0, 60.25, 20.0)).decode()
    inner = (
        f'<scan num="2" msLevel="2" polarity="-" retentionTime="PT1M2.5S" collisionEnergy="20" centroided="1">'
        f'<precursorMz precursorCharge="1" windowWideness="1.0">199.5</precursorMz>'
        f'<peaks precision="32" byteOrder="network">{peaks}</peaks></scan>'
    )
    own = f'<peaks precision="32">{peaks}</peaks>'
    one = f'<scan num="1" msLevel="1" polarity="-" retentionTime="PT60S">{own}{inner}</scan>'
    last = '<scan num="3" msLevel="1" retentionTime="PT1H"><peaks precision="32"></peaks></scan>'
    return f'<?xml version="1.0"?><mzXML><msRun scanCount="{scans}">{one}{last}</msRun></mzXML>'.encode()


CONTENTS = {
    "mzml": RUN.read_bytes(),
    "mzxml": mzxml(),
    "mgf": MGF.encode(),
    "msp": MSP.encode(),
    "massbank": MASSBANK.encode(),
    "peaks": (POWDER / "mixture1_30V.csv").read_bytes(),
}


def spectra(path: Path) -> list[Spectrum]:
    return list(read(path))


def outcome(path: Path) -> tuple[int, str]:
    """How many spectra were read, and the one sentence about the rest."""
    try:
        run = read(path)
        return sum(1 for _ in run), " ".join(run.problems)
    except UnreadableFile as problem:
        return 0, problem.sentence


@pytest.mark.parametrize("kind", CONTENTS)
def test_the_format_is_known_by_content_whatever_the_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(CONTENTS[kind])
    assert sniff(path) == kind
    assert read(path).format == kind


@pytest.mark.parametrize("kind", CONTENTS)
def test_gzip_reads_the_same(kind: str, tmp_path: Path) -> None:
    plain, packed = tmp_path / "one", tmp_path / "one.gz"
    plain.write_bytes(CONTENTS[kind])
    packed.write_bytes(gzip.compress(CONTENTS[kind]))
    for one, other in zip(spectra(plain), spectra(packed), strict=True):
        assert np.allclose(one.mz, other.mz)
        assert one.precursor_mz == pytest.approx(other.precursor_mz)


def test_both_mzml_readers_see_the_same_run() -> None:
    fast, slow = spectra(RUN), list(mzml.read_as_xml(RUN))
    assert len(fast) == read(RUN).expected == len(slow) > 400
    for one, other in zip(fast, slow, strict=True):
        assert np.allclose(one.mz, other.mz)
        assert np.allclose(one.intensity, other.intensity)
        for name in ("ms_level", "polarity", "collision_energy", "centroid", "charge"):
            assert getattr(one, name) == getattr(other, name)
        assert one.retention_time_s == pytest.approx(other.retention_time_s)
        assert one.precursor_mz == pytest.approx(other.precursor_mz)
        assert one.isolation_window == pytest.approx(other.isolation_window)


def test_a_run_of_both_polarities_tells_each_spectrum_its_own(tmp_path: Path) -> None:
    path = tmp_path / "both.mzML"
    text = RUN.read_text()
    first = text.index('accession="MS:1000130" name="positive scan"')
    negative = text[:first] + text[first:].replace(
        'accession="MS:1000130" name="positive scan"', 'accession="MS:1000129" name="negative scan"', 1
    )
    path.write_text(negative)
    modes = [one.polarity for one in read(path)]
    assert modes[0] == "negative"
    assert set(modes[1:]) == {"positive"}


def test_mzxml_gives_nested_scans_with_units(tmp_path: Path) -> None:
    path = tmp_path / "run.mzXML"
    path.write_bytes(mzxml())
    first, second, last = spectra(path)
    assert (first.ms_level, second.ms_level, last.retention_time_s) == (1, 2, 3600.0)
    assert second.retention_time_s == 62.5
    assert (second.precursor_mz, second.charge, second.polarity) == (199.5, 1, "negative")
    assert second.isolation_window == (199.0, 200.0)
    assert second.mz.tolist() == [50.5, 60.25]
    assert second.intensity.tolist() == [10.0, 20.0]


def test_mgf_gives_precursor_polarity_and_time_and_sorts_its_peaks(tmp_path: Path) -> None:
    path = tmp_path / "two.mgf"
    path.write_text(MGF)
    first, second = spectra(path)
    assert (first.precursor_mz, first.charge, first.polarity) == (195.0877, 1, "positive")
    assert first.retention_time_s == 61.5
    assert second.polarity == "negative"
    assert second.mz.tolist() == [40.25, 50.5]
    assert second.intensity.tolist() == [2.0, 1.0]


def test_msp_takes_several_peaks_a_line_and_leaves_their_notes(tmp_path: Path) -> None:
    path = tmp_path / "some.msp"
    path.write_text(MSP)
    first = spectra(path)[0]
    assert first.mz.tolist() == [110.0713, 138.0662, 195.0877]
    assert (first.name, first.polarity, first.precursor_mz) == ("caffeine", "positive", 195.0877)


def test_a_massbank_record_gives_its_first_name_and_its_licence(tmp_path: Path) -> None:
    path = tmp_path / "record.txt"
    path.write_text(MASSBANK)
    (record,) = spectra(path)
    assert record.name == "Caffeine"
    assert record.facts is not None
    assert record.facts["licence"] == "CC0"
    assert (record.ms_level, record.collision_energy) == (2, "30 eV")


def test_a_peak_list_takes_its_voltage_from_the_name() -> None:
    (spectrum,) = spectra(POWDER / "mixture1_60V.csv")
    assert spectrum.collision_energy == "60"
    assert spectrum.mz.size > 50


def test_the_adduct_tells_the_polarity_where_nothing_else_does(tmp_path: Path) -> None:
    (tmp_path / "a.mgf").write_text("BEGIN IONS\nPEPMASS=100\nADDUCT=[M-H]-\n50 1\nEND IONS\n")
    (tmp_path / "a.msp").write_text("Name: x\nPrecursorMZ: 100\nPrecursor_type: [M+H]+\nNum Peaks: 1\n50 1\n")
    assert spectra(tmp_path / "a.mgf")[0].polarity == "negative"
    assert spectra(tmp_path / "a.msp")[0].polarity == "positive"


def test_mzml_times_in_seconds_and_in_minutes_are_both_seconds_after(tmp_path: Path) -> None:
    path = tmp_path / "seconds.mzML"
    minute, second = '"UO:0000031" unitName="minute"', '"UO:0000010" unitName="second"'
    path.write_text(RUN.read_text().replace(minute, second))
    for one, other in zip(read(path), read(RUN), strict=True):
        assert one.retention_time_s == pytest.approx((other.retention_time_s or 0) / 60)


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_truncated_file_gives_what_is_whole_and_one_sentence(kind: str, tmp_path: Path) -> None:
    whole = CONTENTS[kind]
    path = tmp_path / "cut"
    path.write_bytes(whole)
    number = len(spectra(path))
    places = sorted({*range(0, len(whole), max(1, len(whole) // 30)), *range(len(whole) - 30, len(whole), 3)})
    outcomes = []
    for place in places:
        path.write_bytes(whole[: max(0, place)])
        outcomes.append(outcome(path))
    assert all(count <= number for count, _ in outcomes)
    assert all(": found " in said and "; expected " in said for _, said in outcomes if said)
    assert all(said for count, said in outcomes if count == 0)
    assert [count for count, _ in outcomes] == sorted(count for count, _ in outcomes)
    unsaid = sum(count < number and not said for count, said in outcomes)
    assert unsaid <= (2 if kind in ("mgf", "msp") else 0), "a list may end between two spectra, and nobody can tell"


@pytest.mark.parametrize("kind", ["mzml", "mzxml"])
def test_a_truncated_run_is_never_taken_for_whole(kind: str, tmp_path: Path) -> None:
    whole = CONTENTS[kind].rstrip()
    path = tmp_path / "cut"
    for share in (0.2, 0.5, 0.9, *([0.999] if kind == "mzml" else [])):
        path.write_bytes(whole[: int(len(whole) * share)])
        count, said = outcome(path)
        assert "ends in the middle" in said
        with pytest.raises(UnreadableFile, match=r"ends in the middle|a damaged spectrum"):
            list(read(path).whole())
        if kind == "mzml":
            assert count < read(RUN).expected


@pytest.mark.parametrize("kind", CONTENTS)
def test_bytes_overwritten_in_the_middle_never_give_a_traceback(kind: str, tmp_path: Path) -> None:
    dice = random.Random(7)
    path = tmp_path / "hurt"
    for _ in range(25):
        data = bytearray(CONTENTS[kind])
        place = dice.randrange(len(data))
        data[place : place + 40] = dice.randbytes(len(data[place : place + 40]))
        path.write_bytes(data)
        count, said = outcome(path)
        assert count or said
        assert not said or said.endswith(".")


def test_one_damaged_spectrum_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "hurt.mzML"
    text = RUN.read_text()
    place = text.index("<binary>", len(text) // 2) + 8
    path.write_text(text[:place] + "!!!!" + text[place + 4 :])
    run = read(path)
    assert sum(1 for _ in run) == run.expected - 1
    (problem,) = run.problems
    assert "a damaged spectrum (" in problem
    assert problem.count(".mzML: found") == 1
    assert read(RUN).problems == []


def test_thousands_of_spectra_that_do_not_end_leave_the_last_and_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "endless.mzML"
    text = RUN.read_text()
    begin = text.index("<spectrum ")
    endless = "".join(f'<spectrum index="{i}" id="scan={i}" defaultArrayLength="0">' for i in range(5_000))
    path.write_text(text[:begin] + endless + text[begin:])
    run = read(path)
    assert sum(1 for _ in run) == run.expected
    (problem,) = run.problems
    assert "5000 damaged spectra, the first (scan=0: " in problem


def test_a_spectrum_that_lost_its_end_never_takes_the_peaks_of_the_next(tmp_path: Path) -> None:
    path = tmp_path / "hurt.mzML"
    path.write_text(RUN.read_text().replace("</spectrum>", "", 1))
    run, whole = read(path), spectra(RUN)
    assert [one.id for one in run] == [one.id for one in whole[1:]]
    assert [one.mz.tolist() for one in run] == [one.mz.tolist() for one in whole[1:]]
    assert len(run.problems) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b"hello", b"\x1f\x8bnot gzip", b"\x00\x01\x02" * 99, b"PK\x03\x04xx"]
)
def test_what_is_no_spectrum_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "thing.mzML"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="expected"):
        spectra(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        read(tmp_path / "none.mzML")
    with pytest.raises(UnreadableFile, match="found a folder; expected a file"):
        read(tmp_path)
