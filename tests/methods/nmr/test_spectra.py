"""Spectra against the maker's own, couplings against those put in, areas against published ones, purity too."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.nmr import Question, analyse, read_nmr
from liqi.methods.nmr._multiplets import Line, lines_of, pattern_of
from liqi.methods.nmr._processing import Phase, find_phase, reference_of, turned
from liqi.methods.nmr._spectrum import Spectrum
from liqi.methods.readers import sniff
from tests.methods.samples import LARGE

ONE_D, QNMR = find_method("nmr.1d"), find_method("nmr.qnmr")
ASPIRIN, CAFFEINE = ONE_D.example[0], QNMR.example[0]
DATA = LARGE / "methods/nmr"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="a plain clone has no ../shared/data/methods/nmr")
MHZ = 400.0


def lines(*couplings: tuple[int, float], centre: float = 2.0, width: float = 0.8) -> list[Line]:
    """Return the lines of a first-order multiplet: (multiplicity, coupling in Hz) each."""
    places = {0.0: 1.0}
    for count, coupling in couplings:
        made: dict[float, float] = {}
        shares = [1.0]
        for _ in range(count - 1):
            shares = [a + b for a, b in zip([0.0, *shares], [*shares, 0.0], strict=True)]
        for place, height in places.items():
            for k, share in enumerate(shares):
                key = round(place + (k - (count - 1) / 2) * coupling, 6)
                made[key] = made.get(key, 0.0) + height * share
        places = made
    return [Line(centre + hz / MHZ, 1e-5, height, width) for hz, height in sorted(places.items())]


@pytest.mark.parametrize(
    ("name", "couplings"),
    [
        ("s", []),
        ("d", [(2, 7.0)]),
        ("t", [(3, 7.1)]),
        ("q", [(4, 6.9)]),
        ("sept", [(7, 6.8)]),
        ("dd", [(2, 16.0), (2, 10.0)]),
        ("dt", [(2, 9.0), (3, 4.1)]),
        ("td", [(3, 7.7), (2, 1.7)]),
        ("dq", [(2, 15.5), (4, 6.5)]),
        ("ddd", [(2, 16.0), (2, 10.0), (2, 2.0)]),
    ],
)
def test_a_pattern_and_its_couplings_are_found_again(name: str, couplings: list[tuple[int, float]]) -> None:
    found, values, _ = pattern_of(lines(*couplings), MHZ)
    assert found == name
    assert values == pytest.approx([hz for _, hz in couplings], abs=0.05)


def test_lines_without_a_pattern_are_called_so() -> None:
    some = [Line(2.0 + hz / MHZ, 1e-5, height, 0.8) for hz, height in ((0, 1), (5, 1), (17, 1), (21, 9), (40, 2))]
    assert pattern_of(some, MHZ)[0] == "m"


@needs_data
def test_a_decay_gives_the_spectrum_that_the_makers_program_made() -> None:
    ours = analyse(read_nmr(ASPIRIN)).spectrum
    theirs = read_nmr(DATA / "aspirin-1h-processed.zip").spectrum
    assert theirs is not None
    grid = np.linspace(-0.4, 15.4, 40_000)
    pair = [np.interp(grid, one.ppm, one.intensity) for one in (ours, theirs)]
    assert np.corrcoef(*pair)[0, 1] > 0.998
    tops = [float(one.ppm[np.argmax(one.intensity)]) for one in (ours, theirs)]
    assert tops[0] == pytest.approx(tops[1], abs=0.0006)


def test_aspirin_has_four_aromatic_protons_for_three_of_its_methyl() -> None:
    found = analyse(read_nmr(ASPIRIN))
    aromatic = sum(one.integral for one in found.multiplets if 6.9 < one.ppm < 8.1)
    methyl = next(one for one in found.multiplets if abs(one.ppm - 2.294) < 0.01)
    assert aromatic / methyl.integral == pytest.approx(4 / 3, rel=0.12)
    patterns = {
        round(one.ppm, 1): (one.pattern, [round(each, 1) for each in one.couplings_hz]) for one in found.multiplets
    }
    assert patterns[8.0] == ("dd", [7.8, 1.7])
    assert patterns[7.5] == ("td", [7.8, 1.7])
    assert patterns[7.1] == ("dd", [8.1, 1.0])


def test_the_integral_curve_rises_at_each_multiplet_by_its_number_of_nuclei() -> None:
    answer = ONE_D.run([ASPIRIN], {"protons": "2.294=3"})
    spectrum, curve = answer.plots[0].data["series"]
    high = float(re.search(r"\((.+) each 1H\)", curve["label"]["en"])[1])
    ends = [place for place, value in enumerate(curve["y"]) if value is None]
    starts = [0, *(place + 1 for place in ends[:-1])]
    rises = [(curve["y"][end - 1] - curve["y"][start]) / high for start, end in zip(starts, ends, strict=True)]
    told = [one.value for one in sorted(answer.findings, key=lambda one: -one.extra["ppm"])]
    assert rises == pytest.approx(told, rel=0.02, abs=0.02)
    assert max(value for value in curve["y"] if value is not None) < max(spectrum["y"])


@needs_data
def test_areas_of_nmrpipe_are_those_that_were_published() -> None:
    rows = [line.split() for line in (DATA / "nmrpipe/area.out").read_text().splitlines()[1:]]
    words = "; ".join(f"{name}={high}:{low}" for name, high, low, _ in rows)
    found = analyse(read_nmr(DATA / "nmrpipe/1d_data.ft"), Question(regions=words))
    areas = [one.integral for one in found.multiplets]
    assert areas == pytest.approx([float(row[3]) for row in rows], rel=0.01)
    assert sum(abs(one / float(row[3]) - 1) < 1e-3 for one, row in zip(areas, rows, strict=True)) >= 6


@needs_data
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("d1-2_j7", {1.0: [7.0], 2.0: [7.0]}),
        ("d1-2-3_j16-10-2", {1.0: [16.0, 10.0], 2.0: [16.0, 2.0], 3.0: [10.0, 2.0]}),
    ],
)
def test_simulated_couplings_come_back_at_the_frequency_they_were_made_at(
    name: str, expected: dict[float, list[float]]
) -> None:
    """The files say 600.2 MHz; their couplings in ppm are those of their names at 400.13 MHz."""
    found = analyse(read_nmr(DATA / f"simulated/{name}.jdx.gz"), Question(observe_mhz=400.13))
    assert {round(one.ppm, 2): list(one.couplings_hz) for one in found.multiplets} == {
        ppm: pytest.approx(values, abs=0.06) for ppm, values in expected.items()
    }


@needs_data
def test_jeol_and_a_link_of_jcamp_are_read() -> None:
    fluorine = read_nmr(DATA / "fluorine.jdf")
    assert (fluorine.nucleus, fluorine.decay is not None) == ("19F", True)
    found = analyse(fluorine)
    assert found.spectrum.ppm[0] < -220
    assert max(found.lines, key=lambda one: one.height).ppm == pytest.approx(-53.8, abs=0.3)
    rutin = analyse(read_nmr(DATA / "qH.jdx"))
    assert rutin.spectrum.observe_mhz == pytest.approx(399.782, abs=1e-3)
    assert any(abs(one.ppm - 12.56) < 0.02 for one in rutin.multiplets)


def test_a_phase_is_found_again() -> None:
    x = np.arange(8192) / 8192
    places, widths = (0.2, 0.35, 0.36, 0.7), (4e-4, 3e-4, 3e-4, 6e-4)
    spectrum = sum(1 / (1 + 1j * (x - place) / width) for place, width in zip(places, widths, strict=True))
    chance = np.random.default_rng(4)
    noisy = spectrum + chance.normal(0, 0.003, x.size) + 1j * chance.normal(0, 0.003, x.size)
    for zero, first in ((40.0, 0.0), (200.0, 50.0), (310.0, -80.0)):
        found = find_phase(turned(noisy, Phase(zero, first)))
        left = turned(turned(noisy, Phase(zero, first)), found)
        assert np.corrcoef(left.real, spectrum.real)[0, 1] > 0.995


def test_the_purity_that_was_put_in_comes_out_within_its_uncertainty() -> None:
    answer = QNMR.run([CAFFEINE], {"t1_s": 4, "repetition_s": 30})
    (purity,) = answer.findings
    assert answer.verdict == "pass"
    assert purity.value == pytest.approx(97.5, abs=0.3)
    assert abs(float(purity.value or 0) - 97.5) < purity.extra["expanded"]
    doubled = QNMR.run([CAFFEINE], {"analyte_mg": 20.0}).findings[0]
    assert doubled.value == pytest.approx(float(purity.value or 0) / 2, rel=1e-4)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"analyte_region": "7.8"}, "limits in ppm"),
        ({"analyte_region": "7.8-7.5; 4-3"}, "one region"),
        ({"analyte_region": "99-98"}, "limits within"),
        ({"analyte_region": "5.4-5.1"}, "a signal above the baseline"),
        ({"analyte_formula": "water"}, "a formula"),
        ({"phase": "north"}, "auto, or the phases"),
    ],
)
def test_settings_that_make_no_sense_are_told_so(asked: dict[str, object], expected: str) -> None:
    method, path = (ONE_D, ASPIRIN) if "phase" in asked else (QNMR, CAFFEINE)
    with pytest.raises(BadParameter, match=expected):
        method.run([path], asked)


def said(path: Path) -> str:
    try:
        return ONE_D.run([path]).sentence.en
    except UnreadableFile as problem:
        return problem.sentence


def varian(path: Path) -> Path:
    """Write a zipped Agilent folder: one decay of two lines at 400 MHz, 1,024 points."""
    from struct import pack

    times = np.arange(1024) / 5000
    decay = (np.exp(2j * np.pi * 500 * times) + np.exp(-2j * np.pi * 700 * times)) * np.exp(-30 * times) * 1e5
    raw = np.empty(2048, ">f4")
    raw[0::2], raw[1::2] = decay.real, decay.imag
    head = pack(">6i2hi", 1, 1, 2048, 4, 8192, 8220, 0, 0x1 | 0x8, 1)
    block = pack(">4hi4f", 1, 0x1 | 0x8, 1, 0, 1, 0, 0, 0, 0)
    values = {
        "sw": 5000,
        "sfrq": 400.0,
        "reffrq": 400.0,
        "rfl": 2500,
        "rfp": 2000,
        "tof": 0,
        "np": 2048,
        "d1": 2,
        "nt": 1,
    }
    rows = [f"{name} 1 1 100 0 0 2 1 11 1 64\n1 {value}\n0 \n" for name, value in values.items()]
    rows += [f'{name} 2 2 8 0 0 2 1 9 1 64\n1 "{value}"\n0 \n' for name, value in (("tn", "H1"), ("solvent", "cdcl3"))]
    with zipfile.ZipFile(path, "w") as whole:
        whole.writestr("a.fid/fid", head + block + raw.tobytes())
        whole.writestr("a.fid/procpar", "".join(rows))
    return path


def test_an_agilent_folder_is_read_with_its_shifts(tmp_path: Path) -> None:
    found = read_nmr(varian(tmp_path / "a.zip"))
    assert (sniff(tmp_path / "a.zip"), found.nucleus, found.solvent) == ("varian", "1H", "cdcl3")
    places = sorted(one.ppm for one in analyse(found, Question(reference="none")).lines)
    assert places == pytest.approx([5.0 - 700 / 400, 5.0 + 500 / 400], abs=0.01)


@pytest.mark.parametrize(("place", "value"), [(0, 1 << 30), (8, 1 << 30), (28, 1 << 30), (28, -1)])
def test_a_varian_head_that_tells_of_more_than_the_file_holds_is_refused(
    place: int, value: int, tmp_path: Path
) -> None:
    """Blocks, numbers a trace, heads a block: room for them was made, or they were counted, before they were read."""
    with zipfile.ZipFile(varian(tmp_path / "a.zip")) as whole:
        members = {one: bytearray(whole.read(one)) for one in whole.namelist()}
    members["a.fid/fid"][place : place + 4] = value.to_bytes(4, "big", signed=True)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as whole:
        for one, content in members.items():
            whole.writestr(one, bytes(content))
    with pytest.raises(UnreadableFile, match="a head that tells of"):
        read_nmr(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("parameter", "words"),
    [("##$SFO1= 0\n##$BF1= 0", "ZeroDivisionError"), ("##$SFO1= (0..1)\n300 300", "TypeError"), ("", "KeyError")],
)
def test_a_frequency_that_is_no_number_is_told_as_damage(parameter: str, words: str, tmp_path: Path) -> None:
    acquired = f"##TITLE= a\n##$TD= 256\n##$SW_h= 5000\n{parameter}\n##END=\n"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as whole:
        whole.writestr("1/acqus", acquired)
        whole.writestr("1/fid", np.ones(256, "<i4").tobytes())
    with pytest.raises(UnreadableFile, match=words):
        read_nmr(tmp_path / "a.zip")


def bruker(path: Path, words: str, points: np.ndarray) -> Path:
    """A decay as Bruker writes it, with these parameters beside the usual ones."""
    usual = f"##$TD= {points.size}\n##$SW_h= 5000\n##$SFO1= 400.0\n##$BF1= 400.0\n##$NUC1= <1H>\n"
    with zipfile.ZipFile(path, "w") as whole:
        whole.writestr("1/acqus", f"##TITLE= a\n{usual}{words}\n##END=\n")
        whole.writestr("1/fid", points.tobytes())
    return path


@pytest.mark.parametrize(
    ("words", "kind", "delay"),
    [
        ("##$BYTORDA= 0\n##$DTYPA= 0\n##$GRPDLY= 67.98", "<i4", 67.98),
        ("##$BYTORDA= 1\n##$DTYPA= 0\n##$GRPDLY= -1\n##$DECIM= 16\n##$DSPFVS= 12", ">i4", 71.625),
        ("##$BYTORDA= 0\n##$DTYPA= 2\n##$DECIM= 24\n##$DSPFVS= 10", "<f8", 61.02083),
        ("##$BYTORDA= 1\n##$DIGMOD= 0\n##$DECIM= 16\n##$DSPFVS= 12", ">i4", 0.0),
    ],
    ids=["GRPDLY", "big-endian and DSPFVS 12", "float64 and DSPFVS 10", "an analog receiver"],
)
def test_a_decay_of_any_console_has_its_numbers_and_its_delay(
    words: str, kind: str, delay: float, tmp_path: Path
) -> None:
    points = np.arange(256).astype(kind)
    decay = read_nmr(bruker(tmp_path / "a.zip", words, points)).decay
    assert decay is not None
    assert (decay.points[3], decay.points.size) == (6 + 7j, 128)
    assert decay.delay_points == pytest.approx(delay, abs=1e-4)


def test_of_several_experiments_one_is_read_whole_and_the_others_are_named(tmp_path: Path) -> None:
    """What one lacks is not taken from its neighbour, 2 stands before 10, and one dimension before two."""
    usual = "##TITLE= a\n##$TD= 256\n##$SW_h= 5000\n##$SFO1= 400.0\n##$BF1= 400.0\n##$NUC1= <1H>\n##END=\n"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as whole:
        whole.writestr("sample/1/acqus", usual)
        whole.writestr("sample/1/ser", b"\0" * 64)
        whole.writestr("sample/10/acqus", usual)
        whole.writestr("sample/10/fid", np.full(256, 9, "<i4").tobytes())
        whole.writestr("sample/10/pdata/1/title", "the neighbour's")
        whole.writestr("sample/10/pdata/1/procs", "##$SI= 128\n##$SW_p= 5000\n##$SF= 399.9\n##$OFFSET= 10\n##END=\n")
        whole.writestr("sample/10/pdata/1/1r", np.ones(128, "<i4").tobytes())
        whole.writestr("sample/2/acqus", usual)
        whole.writestr("sample/2/fid", np.ones(256, "<i4").tobytes())
    found = read_nmr(tmp_path / "a.zip")
    assert found.decay is not None
    assert (found.decay.points[0], found.spectrum, found.title) == (1 + 1j, None, "")
    assert (found.facts["read"], found.facts["not_read"]) == ("2", "10, 1")
    assert "2 was read, not 10, 1" in ONE_D.run([tmp_path / "a.zip"]).warnings[0].text.en


@pytest.mark.parametrize(
    ("nucleus", "solvent", "shift", "heights", "step_hz", "beside"),
    [
        ("13C", "METHANOL-D4", 49.00, (1, 3, 6, 7, 6, 3, 1), 21.4, 49.9),
        ("13C", "DMSO", 39.52, (3, 6, 7, 6, 3), 21.0, 40.7),
        ("13C", "CDCl3", 77.16, (1, 1, 1), 32.0, 77.0),
        ("1H", "Acetone", 2.05, (1, 2, 3, 2, 1), 2.2, 2.12),
    ],
)
def test_a_solvent_that_deuterium_splits_sets_the_shift_by_the_middle_of_its_lines(
    nucleus: str, solvent: str, shift: float, heights: tuple[int, ...], step_hz: float, beside: float
) -> None:
    """Published shifts (Fulmer et al. 2010); everything lies 0.1 ppm off, a line of the substance beside is higher."""
    observe, off = (400.0, 0.03) if nucleus == "1H" else (100.0, -0.6)
    ppm = np.arange(shift - 8, shift + 8, 0.05 / observe)
    centres = shift + off + (np.arange(len(heights)) - len(heights) // 2) * step_hz / observe
    values = np.random.default_rng(1).normal(0, 0.01, ppm.size)
    for centre, height in zip([*centres, beside + off], [*heights, 12], strict=True):
        values += height / (1 + ((ppm - centre) * observe / 0.35) ** 2)
    name, moved = reference_of(Spectrum(ppm, values, observe), nucleus, solvent, "solvent", 0.01)
    assert name
    assert moved == pytest.approx(-off, abs=0.1 / observe)
    lone = 12 / (1 + ((ppm - shift - off) * observe / 0.35) ** 2)
    told = reference_of(Spectrum(ppm, lone, observe), nucleus, solvent, "solvent", 0.01)
    assert told[0] == ("" if nucleus == "13C" else name)


def test_channels_that_were_read_one_after_another_are_refused(tmp_path: Path) -> None:
    path = bruker(tmp_path / "a.zip", "##$BYTORDA= 0\n##$AQ_mod= 2", np.ones(256, "<i4"))
    with pytest.raises(UnreadableFile, match=r"AQ_mod 2.*1r and procs"):
        read_nmr(path)


def test_two_dimensions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as whole:
        whole.writestr("1/acqus", "##TITLE= a\n##$TD= 16\n##END=\n")
        whole.writestr("1/ser", b"\0" * 64)
    with pytest.raises(UnreadableFile, match="one dimension"):
        read_nmr(path)


@pytest.mark.parametrize("kind", ["bruker", "jcamp", "varian"])
def test_a_file_cut_off_anywhere_is_refused_in_a_sentence_or_answered_from_what_is_whole(
    kind: str, tmp_path: Path
) -> None:
    import gzip

    source = {"bruker": ASPIRIN, "jcamp": CAFFEINE, "varian": varian(tmp_path / "v.zip")}[kind]
    content = gzip.decompress(source.read_bytes()) if kind == "jcamp" else source.read_bytes()
    for part in range(20):
        path = tmp_path / f"cut-{part}"
        path.write_bytes(content[: len(content) * part // 20])
        assert "\n" not in said(path)


@pytest.mark.parametrize("name", ["1/fid", "1/acqus", "1/pdata/1/procs"])
def test_a_member_that_is_damaged_gives_a_sentence(name: str, tmp_path: Path) -> None:
    chance = np.random.default_rng(9)
    with zipfile.ZipFile(ASPIRIN) as whole:
        members = {one: whole.read(one) for one in whole.namelist()}
    for part in range(8):
        changed = bytearray(members[name][: len(members[name]) * (8 - part) // 8])
        for at in chance.integers(0, max(len(changed), 1), 40).tolist():
            if at < len(changed):
                changed[at] = int(chance.integers(0, 256))
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as whole:
            for one, content in members.items():
                whole.writestr(one, bytes(changed) if one == name else content)
        path = tmp_path / f"{part}.zip"
        path.write_bytes(stream.getvalue())
        assert "\n" not in said(path)


@pytest.mark.filterwarnings("error")
def test_what_stands_out_by_less_than_its_rounding_is_no_line() -> None:
    ppm = np.linspace(0, 10, 2048)
    values = np.full(ppm.size, 1e17 + 16)
    values[1000] += 16.0  # the next number of 64 bits; half of it rounds up
    assert lines_of(Spectrum(ppm, values, 400.0), 1.0) == []
