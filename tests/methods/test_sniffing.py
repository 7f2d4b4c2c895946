"""Every file of the shared data is told by its first 4 KiB, or by its members where it is a ZIP file."""

import json
import zipfile
from pathlib import Path

import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.readers import sniff
from tests.methods.samples import LARGE

DATA = LARGE / "methods"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="a plain clone has no ../shared/data/methods")
TABLES = ("table", "peaks", "trace", "spectrum")
KINDS = {
    "chromatography/*/*.cdf": ("andichrom",), "chromatography/shimadzu/[ls]*.txt": ("labsolutions",),
    "chromatography/shimadzu/e*.txt": ("trace",), "chromatography/chemstation/*.ch": ("chemstation",),
    "chromatography/chemstation/*.uv": ("chemstation",), "chromatography/chemstation/*.TXT": ("chemreport",),
    "chromatography/*/*.csv": TABLES, "chromatography/asm/*.json": ("asm",), "chromatography/asm/*.zip": ("unicorn",),
    "chromatography/asm/empower_in/*": ("empower",), "chromatography/asm/empower_out/*": ("asm",),
    "cryoem/**/*.mrc*": ("mrc",), "cryoem/*.map": ("mrc",), "cryoem/**/*.star": ("star",),
    "elemental/*.csv": ("table",), "force6/*.csv": ("table",), "epr_odmr/epr/*.[dD][sS][cC]": ("bes3t",),
    "epr_odmr/epr/*.[dD][tT][aA]": ("bes3t",), "epr_odmr/epr/*.par": ("esp",), "epr_odmr/epr/*.spc": ("esp",),
    "epr_odmr/epr/*.epr": ("eprjson",), "epr_odmr/epr/*.json": ("eprjson",), "epr_odmr/epr/*.xml": ("eprxml",),
    "epr_odmr/epr/*.spe": ("eprspe",), "epr_odmr/odmr/*.json": ("odmr",), "epr_odmr/odmr/*.npz": ("npz",),
    "flow/**/*.wsp": ("flowjo",), "flow/gatingml/gml/*": ("gatingml",), "flow/[cfglv]*/*.fcs": ("fcs",),
    "flow/multi/*": ("fcs",), "flow/spillover_controls/0*": ("fcs",), "flow/spillover_controls/c*": ("table",),
    "flow/malformed/data*": ("fcs",), "irms/*.d*": ("isodat",), "irms/*.txt": ("nu",),
    "microprint/**/*.png": ("png",), "nmr/*.zip": ("bruker",), "nmr/*.jdf": ("jeol",), "nmr/*.jdx": ("jcamp",),
    "nmr/*/*.jdx.gz": ("jcamp",), "nmr/*/*.ft": ("nmrpipe",), "optical/jcamp/*": ("jcamp",),
    "optical/*/*.[sS][pP][cC]": ("spc",), "optical/ir/*.0": ("opus",), "optical/ir/*.asp": ("spectrum",),
    "optical/ir/*.csv": ("spectrum",), "optical/raman/*.wdf": ("wdf",), "optical/raman/*.txt": ("spectrum",),
    "optical/spc/*.txt": TABLES, "optical/uvvis/*.json": ("asm",), "optical/uvvis/*.xlsx": ("xlsx",),
    "optical/uvvis/*.[ct]sv": ("spectrum", "table"), "qpcr/*.rdml": ("rdml",), "qpcr/*res_dpcr*": ("partitions",),
    "qpcr/shifted_baseline.tsv": ("rdes",), "qpcr/decision*": ("table",), "qpcr/*pipett*": ("table",),
    "sanger/*/[3AEn]*.ab1": ("abif",), "sanger/*/*.fsa": ("abif",), "sanger/*/*.fa": ("fasta",),
}  # fmt: skip
NO_INSTRUMENT = (
    *("flow/malformed/corrupted.fcs", "sanger/biopython/fake.ab1", "elemental/truth.json", "force6/truth.json"),
    *("cryoem/sim/truth.json", "microprint/truth.json", "flow/compensation/test_comp_example.npy"),
)


@needs_data
@pytest.mark.parametrize("pattern", KINDS)
def test_the_shared_files_are_told_right(pattern: str) -> None:
    found = {path.name: sniff(path) for path in DATA.glob(pattern) if path.is_file()}
    assert found
    assert {name: kind for name, kind in found.items() if kind not in KINDS[pattern]} == {}


@needs_data
@pytest.mark.parametrize("pattern", [one for one in KINDS if "zip" not in one and "xlsx" not in one])
def test_four_kibibytes_are_enough(pattern: str, tmp_path: Path) -> None:
    for path in DATA.glob(pattern):
        content = path.read_bytes()
        if content[:2] in (b"PK", b"\x1f\x8b") or path.suffix.lower() in (".dta", ".spe") or not path.is_file():
            continue
        if path.suffix == ".spc" and path.with_suffix(".par").exists():
            continue
        start = tmp_path / path.name
        start.write_bytes(content[:4096])
        assert sniff(start) in KINDS[pattern], path.name


@needs_data
@pytest.mark.parametrize("name", NO_INSTRUMENT)
def test_what_no_instrument_wrote_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(UnreadableFile) as told:
        sniff(DATA / name)
    assert "\n" not in str(told.value)


HEADS = {
    "mz,intensity\n100.1,5\n101.2,7\n": "peaks",
    "mz,intensity,charge\n100.1,5,1\n101.2,7,1\n": "peaks",
    "wavenumber,intensity\n301.04,26\n304.6,50\n": "spectrum",
    "t_s,ref_N,meas_N\n0,0,1\n1,0,2\n": "table",
    "Fx_N;Fy_N;u1;u2\n0;0;0.1;0.2\n1;0;0.3;0.4\n": "table",
    "time,signal\n0.0,1\n0.1,2\n0.2,3\n": "trace",
    "FITC-A,PE-A\n1,0.2\n0.1,1\n": "table",
    '"A" "B"\n"A" 1 0.2\n"B" 0.1 1\n': "table",
    "1\t2\t3\nwater\toil\tacid\nwater\toil\tacid\n": "table",
    '{"$asm.manifest": "http://purl.allotrope.org/"}': "asm",
}


@pytest.mark.parametrize("text", HEADS)
@pytest.mark.parametrize("wrapped", ["plain", "mark", "lines"])
def test_a_head_tells_what_the_columns_are(text: str, wrapped: str, tmp_path: Path) -> None:
    path = tmp_path / "a.dat"
    content = text.encode("utf-8-sig" if wrapped == "mark" else "utf-8")
    path.write_bytes(content.replace(b"\n", b"\r\n") if wrapped == "lines" else content)
    assert sniff(path) == HEADS[text]


def asm(path: Path, **told: object) -> Path:
    measurement = {"measurement aggregate document": {"measurement document": [told]}}
    path.write_text(json.dumps({"$asm.manifest": "x", "a document": [measurement]}))
    return path


def cube(concept: str, unit: str, x: list[float], y: list[float]) -> dict[str, object]:
    structure = {
        "dimensions": [{"concept": concept, "unit": unit}],
        "measures": [{"concept": "absorbance", "unit": "A"}],
    }
    return {"label": "UV", "cube-structure": structure, "data": {"dimensions": [x], "measures": [y]}}


def test_curves_of_asm_are_chromatograms_or_spectra_by_what_they_run_over(tmp_path: Path) -> None:
    x = [float(i) for i in range(200, 400)]
    y = [2.0 ** -(((i - 260) / 20) ** 2) for i in x]
    spectrum = asm(tmp_path / "a.json", **{"absorption spectrum data cube": cube("wavelength", "nm", x, y)})
    found = find_method("uvvis.purity").run([spectrum], {"baseline": "0"})
    assert found.findings[-1].value == pytest.approx(50, abs=0.1)
    trace = asm(tmp_path / "b.json", **{"chromatogram data cube": cube("retention time", "s", x, y)})
    area = find_method("chrom.area").run([trace])
    assert [one["time"] for one in area.tables[0].rows] == pytest.approx([260 / 60], abs=0.01)


@pytest.mark.parametrize("cut", range(20))
def test_asm_cut_short_is_refused_in_one_sentence(cut: int, tmp_path: Path) -> None:
    path = asm(tmp_path / "a.json", **{"chromatogram data cube": cube("retention time", "s", [1.0] * 9, [2.0] * 9)})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * cut // 20])
    with pytest.raises(UnreadableFile) as told:
        find_method("chrom.area").run([path])
    assert "\n" not in str(told.value)


def test_asm_that_is_damaged_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    whole = asm(tmp_path / "a.json", **{"chromatogram data cube": cube("retention time", "s", [1.0] * 9, [2.0] * 9)})
    text = whole.read_text()
    whole.write_text(text[:-1])
    with pytest.raises(UnreadableFile, match="found damaged JSON"):
        find_method("chrom.area").run([whole])
    whole.write_text(text.replace("[1.0,", f"[1{'0' * 400},"))
    with pytest.raises(UnreadableFile, match="a curve that is not whole"):
        find_method("chrom.area").run([whole])


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1" + "0" * 400, "true"])
def test_a_wavelength_of_asm_that_is_no_number_is_none(value: str, tmp_path: Path) -> None:
    setting = {"device control document": [{"detector wavelength setting": {"value": json.loads(value), "unit": "nm"}}]}
    told = {"absorbance": {"value": 0.5}, "device control aggregate document": setting}
    with pytest.raises(UnreadableFile, match="without a curve"):
        find_method("uvvis.purity").run([asm(tmp_path / "a.json", **told)])


@pytest.mark.parametrize(
    ("name", "inside", "says"),
    [
        ("a.eds", "apldbio/sds/images/a.tiff", r"\.eds\) without a plate.*RDML, text or xlsx"),
        ("a.lc96p", "content.bin", r"\.lc96p\).*RDML"),
        ("a.pcrd", "datafile.pcrd", r"\.pcrd\).*RDML or CSV"),
        ("a.zip", "letter.doc", "a file that begins 'x'.*convert it to one of these"),
    ],
)
def test_a_project_that_is_not_read_is_named_with_the_way_out(
    name: str, inside: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as whole:
        whole.writestr(inside, b"x")
    with pytest.raises(UnreadableFile, match=says):
        sniff(path)
