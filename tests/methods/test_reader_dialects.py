"""How other programs write the same: what a file says is read as it is meant, and what is unclear is told."""

import struct
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
from pyteomics.mzxml import MzXML
from scipy.io import netcdf_file

from liqi.methods import UnreadableFile
from liqi.methods.phrases import refusal
from liqi.methods.readers import Spectrum, mzml, read, sniff
from tests.methods import dialects, written
from tests.methods.samples import LARGE, needs_large
from tests.methods.written import parameter

ARRAYS = [written.array(written.MZ, [100.5, 150.25]), written.array(written.INTENSITY, [7.0, 9.0])]
PEAKS = "100.5 7\n150.25 9\n"
MSP = "Name: x\nPrecursorMZ: 195.0877\nPrecursor_type: [M+H]+\n{}\n"


def only(path: Path, text: str | bytes) -> Spectrum:
    """The one spectrum of a file in which nothing is amiss."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    run = read(path)
    (one,) = run
    assert run.problems == []
    assert run.expected in (0, 1)
    return one


def pairs(numbers: list[float]) -> str:
    return b64encode(struct.pack(f">{len(numbers)}f", *numbers)).decode()


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ("CHARGE=1.0\nIONMODE=Positive", "charge", 1),
        ("CHARGE=+2", "charge", 2),
        ("CHARGE=2+ and 3+", "charge", None),
        ("CHARGE=0", "charge", None),
        ("CHARGE=1-", "polarity", "negative"),
        ("CHARGE=1\nION=[M-H]-", "polarity", "negative"),
        ("CHARGE=1\nIONMODE=unknown", "polarity", None),
        ("ADDUCT=[M+2H]2+", "charge", 2),
        ("RTINSECONDS=60-70", "retention_time_s", 60.0),
        ("RTINSECONDS=60.5,70.5", "retention_time_s", 60.5),
        ("RTINMINUTES=1.5", "retention_time_s", 90.0),
        ("RETENTION_TIME=1.5 min", "retention_time_s", 90.0),
        ("RETENTION_TIME=1.5", "retention_time_s", None),
        ("RTINSECONDS=N/A", "retention_time_s", None),
        ("MSLEVEL=MS3", "ms_level", 3),
        ("MS_LEVEL=1", "ms_level", 1),
        ("MSLEVEL=", "ms_level", 2),
        ("COMPOUND_NAME=caffeine", "name", "caffeine"),
        ("# a comment\n; another", "precursor_mz", 400.5),
    ],
)
def test_what_an_mgf_block_says_of_its_ion(fields: str, name: str, value: object, tmp_path: Path) -> None:
    one = only(tmp_path / "a.mgf", f"BEGIN IONS\nPEPMASS=400.5\n{fields}\n{PEAKS}END IONS\n")
    assert getattr(one, name) == value
    assert (one.mz.tolist(), one.intensity.tolist()) == ([100.5, 150.25], [7.0, 9.0])


@pytest.mark.parametrize(
    ("text", "precursor", "intensity", "charge"),
    [
        ("PEPMASS=400.5 25674.3 3+", 400.5, 25674.3, 3),
        ("PEPMASS=400.5 25674.3 3+\nCHARGE=2+", 400.5, 25674.3, 2),
        ("PRECURSOR_MZ=400.5", 400.5, None, None),
        ("PEPMASS=N/A", None, None, None),
    ],
)
def test_the_precursor_of_an_mgf_block(
    text: str, precursor: float | None, intensity: float | None, charge: int | None, tmp_path: Path
) -> None:
    one = only(tmp_path / "a.mgf", f"BEGIN IONS\n{text}\n{PEAKS}END IONS\n")
    assert (one.precursor_mz, one.precursor_intensity, one.charge) == (precursor, intensity, charge)


def test_an_mgf_without_any_end_is_read_and_told_and_one_cut_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.mgf"
    block = f"BEGIN IONS\nPEPMASS=400.5\n{PEAKS}"
    path.write_text(block * 3)
    run = read(path)
    assert [one.mz.size for one in run] == [2, 2, 2]
    assert "found blocks without END IONS" in run.problems[0]
    path.write_text(block + "END IONS\n" + block)
    run = read(path)
    assert [one.mz.size for one in run] == [2]
    assert "the last block does not end" in run.problems[0]


def test_lines_of_an_old_mac_are_lines(tmp_path: Path) -> None:
    one = only(tmp_path / "a.mgf", f"BEGIN IONS\nPEPMASS=400.5\n{PEAKS}END IONS\n".replace("\n", "\r"))
    assert one.mz.tolist() == [100.5, 150.25]


@pytest.mark.parametrize(
    "lines",
    [
        "Num Peaks: 2\n41 10; 42 5;",
        "Num Peaks: 2\n(41,10) (42, 5)",
        "NumPeaks: 2\n41\t10\tb1/0.01\t2/2 0.1\n42\t5\ty1/0.02,b2^2/-0.1\t2/2 0.0",
        "NUM_PEAKS: 2\n41 10\n42 5",
        "Num Peaks= 2\n41:10 42:5",
        'Num Peaks: 2\n41 10 "p-1 2; 3 4"\n42 5.0E+00 "?"',
        "Num Peaks: 2\n41 10 C3H5O+ 1 2.1\n42 5 y4-H2O/1.2ppm 2/2 0.3",
        "Num Peaks: 2\n\n41 10\n42 5",
        "# a comment\n; another\nNum peaks: 2\n41 10\n42 5",
    ],
)
def test_peaks_of_an_msp_however_they_stand(lines: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    one = only(path, MSP.format(lines))
    assert sniff(path) == "msp"
    assert (one.mz.tolist(), one.intensity.tolist()) == ([41.0, 42.0], [10.0, 5.0])
    assert (one.precursor_mz, one.charge, one.polarity) == (195.0877, 1, "positive")


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("RETENTIONTIME: 5.2", 312.0),
        ("RetentionTime: 312.1 sec", 312.1),
        ("RT: 5.2 min", 312.0),
        ("RTINSECONDS: 312", 312.0),
        ("RETENTIONTIME: N/A", None),
        ("RETENTIONTIME: -1", None),
    ],
)
def test_the_time_of_an_msp_record_has_a_unit(field: str, seconds: float | None, tmp_path: Path) -> None:
    assert only(tmp_path / "a.msp", MSP.format(f"{field}\nNum Peaks: 1\n41 10")).retention_time_s == seconds


def test_a_record_without_peaks_gives_the_next_none_of_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.msp"
    path.write_text("Name: a\nFormula: C6H6\n\nName: b\nPRECURSORMZ: N/A\nNum Peaks: 1\n41 10\n")
    run = read(path)
    assert [one.facts for one in run] == [{"name": "b", "precursormz": "N/A"}]
    assert "it has no peaks" in run.problems[0]


MZXML = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<mzXML><msRun scanCount="{}">{}</msRun></mzXML>'
SCAN = '<scan num="1" msLevel="1" peaksCount="2" {}><peaks precision="32" {}>{}</peaks></scan>'


@pytest.mark.parametrize("time", ["PT1M2.5S", "PT62.5S", "P0Y0M0DT0H1M2.5S", " PT62.5S ", "62.5"])
def test_the_time_of_an_mzxml_scan_is_a_duration_however_long_written(time: str, tmp_path: Path) -> None:
    scan = SCAN.format(
        f'retentionTime="{time}" collisionEnergy=""', 'pairOrder="m/z-int"', pairs([100.5, 7, 150.25, 9])
    )
    one = only(tmp_path / "a.mzXML", MZXML.format(1, scan))
    assert (one.retention_time_s, one.collision_energy, one.mz.tolist()) == (62.5, None, [100.5, 150.25])


@pytest.mark.parametrize(
    ("more", "numbers", "why"),
    [
        ('contentType="TOF"', [100.5, 7, 150.25, 9], "peaks that hold 'TOF', not 'm/z-int'"),
        ('contentType="m/z"', [100.5, 150.25], "peaks that hold 'm/z', not 'm/z-int'"),
        ("", [100.5, 7, 3], "3 numbers for 2 pairs"),
        ('contentType="m/z-int"', [1.0] * 8, "8 numbers for 2 pairs"),
    ],
)
def test_peaks_of_an_mzxml_scan_that_are_no_pairs_are_told(
    more: str, numbers: list[float], why: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.mzXML"
    path.write_text(MZXML.format(1, SCAN.format("", more, pairs(numbers))))
    with pytest.raises(UnreadableFile, match=why) as caught:
        list(read(path))
    assert "damaged" not in refusal(str(caught.value)).zh_hans


def test_an_mzxml_scan_whose_peaks_are_one_tag_is_empty_and_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.mzXML"
    empty = '<scan num="2" msLevel="1" peaksCount="0"><peaks precision="32" xsi:nil="1"/></scan>'
    whole = SCAN.format("", "", pairs([100.5, 7, 150.25, 9]))
    for scans, sizes in ((empty + whole, [0, 2]), (whole + empty, [2, 0])):
        path.write_text(MZXML.format(2, scans))
        run = read(path)
        assert ([one.mz.size for one in run], run.problems) == (sizes, [])


def test_letters_of_latin_1_are_no_broken_xml(tmp_path: Path) -> None:
    scan = SCAN.format('filterLine="5 \xb5m"', "", pairs([100.5, 7, 150.25, 9]))
    assert only(tmp_path / "a.mzXML", MZXML.format(1, scan).encode("latin-1")).mz.size == 2
    spoken = written.spectrum(0, ARRAYS, 2).replace(
        "<scanList", '<userParam name="\xb5"/><cvParam accession="x"/><scanList'
    )
    assert only(tmp_path / "a.mzML", written.mzml([spoken]).encode("latin-1")).mz.size == 2


def precursor(mz: float, energy: int, level: str = "") -> str:
    window = parameter("MS:1000827", mz) + parameter("MS:1000828", 0.5) + parameter("MS:1000829", 0.5) + level
    return (
        f"<precursor><isolationWindow>{window}</isolationWindow><selectedIonList><selectedIon>"
        f"{parameter('MS:1000744', mz + 0.25)}{parameter('MS:1000041', 2)}</selectedIon></selectedIonList>"
        f"<activation>{parameter('MS:1000045', energy)}</activation></precursor>"
    )


def as_user(level: int) -> str:
    return f'<userParam name="ms level" value="{level}"/>'


def as_term(level: int) -> str:
    return parameter("MS:1000511", level)


@pytest.mark.parametrize("said", [as_user, as_term])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_window_of_an_isolation_tells_its_own_level_and_not_the_spectrums(
    said: object, backwards: bool, tmp_path: Path
) -> None:
    assert callable(said)
    steps = [precursor(445.0, 30, said(1)), precursor(300.0, 35, said(2))]
    for level, own in ((2, steps[:1]), (3, steps[::-1] if backwards else steps)):
        more = f'<precursorList count="{level - 1}">{"".join(own)}</precursorList>'
        path = tmp_path / "a.mzML"
        one = only(path, written.mzml([written.spectrum(0, ARRAYS, 2, level, more=more)]))
        expected = (2, 445.25, "30", (444.5, 445.5)) if level == 2 else (3, 300.25, "35", (299.5, 300.5))
        assert (one.ms_level, one.precursor_mz, one.collision_energy, one.isolation_window) == expected
        assert next(iter(mzml.read_as_xml(path))).ms_level == level


def test_mzml_of_before_1_1_says_the_same_in_its_description(tmp_path: Path) -> None:
    ion = f"<selectedIonList><selectedIon>{parameter('MS:1000040', 445.34)}</selectedIon></selectedIonList>"
    path = tmp_path / "a.mzML"
    for unit, seconds in (("MS:1000038", 120.0), ("MS:1000039", 2.0)):
        described = (
            f'<spectrum id="S20" defaultArrayLength="2">{parameter("MS:1000511", 2)}<spectrumDescription>'
            f"{parameter('MS:1000127')}<precursorList><precursor>{ion}</precursor></precursorList>"
            f"<scan>{parameter('MS:1000016', 2, unit)}</scan></spectrumDescription>"
            f"<binaryDataArrayList>{''.join(ARRAYS)}</binaryDataArrayList></spectrum>"
        )
        one = only(path, written.mzml([described]))
        for same in (one, *mzml.read_as_xml(path)):
            assert (same.precursor_mz, same.retention_time_s, same.centroid) == (445.34, seconds, True)


def test_groups_of_parameters_in_single_quotes_are_written_out(tmp_path: Path) -> None:
    group = f"<referenceableParamGroup id='g'>{parameter('MS:1000511', 2)}</referenceableParamGroup>"
    spectrum = written.spectrum(0, ARRAYS, 2).replace(
        parameter("MS:1000511", 1), "<referenceableParamGroupRef ref='g'/>"
    )
    assert only(tmp_path / "a.mzML", written.mzml([spectrum]).replace("<run", f"{group}<run")).ms_level == 2


def test_a_spectrum_of_light_has_no_masses_and_is_no_damage(tmp_path: Path) -> None:
    arrays = [written.array("MS:1000617", [200.0, 300.0]), ARRAYS[1]]
    light = written.spectrum(0, arrays, 2).replace("MS:1000511", "MS:1000804")
    path = tmp_path / "a.mzML"
    for text in (written.mzml([light]), written.mzml([light.replace("<scanList", "<!-- x --><scanList")])):
        one = only(path, text)
        assert (one.ms_level, one.mz.size, one.intensity.size) == (0, 0, 0)


def test_fewer_peaks_than_announced_are_kept_and_told_and_another_width_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    path.write_text(written.mzml([written.spectrum(0, ARRAYS, 5)]))
    run = read(path)
    assert [one.mz.size for one in run] == [2]
    said = "found a spectrum with fewer peaks than it should have (1 spectrum was read)"
    assert said in run.problems[0]
    assert "一张谱图的峰数少于声明（读到 1 张谱图）" in refusal(run.problems[0]).zh_hans
    path.write_text(written.mzml([written.spectrum(0, [one.replace("MS:1000523", "MS:1000521") for one in ARRAYS], 2)]))
    with pytest.raises(UnreadableFile, match="4 m/z and 4 intensities, 2 announced"):
        list(read(path))


def test_a_run_of_monitored_reactions_is_told_and_an_empty_one_with_its_current_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    arrays = "".join([written.array("MS:1000595", [0.0, 1.0]), ARRAYS[1]])
    for kind, refused in (("MS:1001473", True), ("MS:1000235", False)):
        trace = f'<chromatogram id="Q1=300 Q3=100" defaultArrayLength="2">{parameter(kind)}{arrays}</chromatogram>'
        path.write_text(written.mzml([]).replace("</run>", f"<chromatogramList>{trace}</chromatogramList></run>"))
        if refused:
            with pytest.raises(UnreadableFile, match="found chromatograms and no spectra"):
                read(path)
        else:
            assert (list(read(path)), read(path).problems) == ([], [])


def test_a_packing_that_nobody_here_unpacks_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    path.write_text(written.mzml([written.spectrum(0, [one.replace("MS:1000574", "MS:1003780") for one in ARRAYS], 2)]))
    with pytest.raises(UnreadableFile, match="an array packed with MS:1003780"):
        list(read(path))


def test_andi_of_whole_numbers_is_their_scale_times_them_and_minutes_are_minutes(tmp_path: Path) -> None:
    path = tmp_path / "a.cdf"
    peaks = [([50.5, 60.25], [1.0, 20.0]), ([70.0], [5.0])]
    dialects.counted_andi(path, peaks)
    for unit, factor in (("Seconds", 1.0), ("Minutes", 60.0)):
        with netcdf_file(path, "a", mmap=False) as file:
            file.variables["scan_acquisition_time"].units = unit
        run = read(path)
        assert [one.mz.tolist() for one in run] == [pytest.approx(mz) for mz, _ in peaks]
        assert [one.intensity.tolist() for one in run] == [intensity for _, intensity in peaks]
        assert [one.retention_time_s for one in run] == [60 * factor, 61 * factor]
        assert ({one.centroid for one in run}, run.problems) == ({False}, [])


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=needs_large) for path in sorted(LARGE.glob("ms/*.mzXML"))],
    ids=lambda path: path.name,
)
def test_an_instruments_mzxml_has_the_numbers_that_another_reader_sees(path: Path) -> None:
    with MzXML(str(path)) as reader:
        for mine, theirs in zip(read(path), reader, strict=True):
            mz, intensity = theirs["m/z array"], theirs["intensity array"]
            there = (mz != 0) | (intensity != 0)
            assert np.array_equal(mine.mz, mz[there])
            assert np.array_equal(mine.intensity, intensity[there])
            assert (mine.ms_level, mine.retention_time_s) == (
                theirs["msLevel"],
                pytest.approx(theirs["retentionTime"] * 60),
            )
            if mine.ms_level > 1:
                (ion,) = theirs["precursorMz"]
                assert (mine.precursor_mz, mine.charge) == (ion["precursorMz"], ion.get("precursorCharge") or None)


def test_a_jcamp_spectrum_tells_by_dotted_labels_and_multiplies_by_its_factors(tmp_path: Path) -> None:
    head = "##TITLE=x\n##DATA TYPE=MASS SPECTRUM\n##.IONIZATION MODE=EI-\n##.SCAN NUMBER=7\n##.RETENTION TIME=61.5\n"
    factors = "##XFACTOR=0.01\n##YFACTOR=2\n##NPOINTS=1\n"
    for label, mz, intensity in (("XYDATA", 55.1, 6.0), ("XYPOINTS", 55.1, 6.0), ("PEAK TABLE", 5510.0, 3.0)):
        one = only(tmp_path / "a.jdx", f"{head}{factors}##{label}=(XY..XY)\n5510,3\n##END=\n")
        assert (one.polarity, one.retention_time_s, one.id) == ("negative", 61.5, "scan=7")
        assert (one.mz.tolist(), one.intensity.tolist()) == ([pytest.approx(mz)], [intensity])
