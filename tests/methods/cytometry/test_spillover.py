"""The matrix of single-stain controls: against the one that is known, and against flowCore's."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.cytometry import match_controls, read_fcs, read_matrix
from tests.methods.cytometry.made import fcs
from tests.methods.samples import LARGE

METHOD = find_method("flow.spillover")
KNOWN = np.array([[1.0, 0.18, 0.0], [0.03, 1.0, 0.05], [0.0, 0.01, 1.0]])
FLOWCORE = LARGE / "methods/flow/spillover_controls"


def test_the_matrix_that_was_put_in_comes_out_within_its_uncertainty() -> None:
    found = match_controls([read_fcs(path) for path in METHOD.example])
    order = [["FITC-A", "PE-A", "APC-A"].index(name) for name in found.stained]
    away = np.abs(found.matrix.matrix - KNOWN[np.ix_(order, order)])
    assert (away <= 3 * found.errors + 1e-12).all()
    assert 0 < found.errors.max() < 0.005


@pytest.mark.skipif(not FLOWCORE.exists(), reason="a plain clone has no ../shared/data/methods/flow")
@pytest.mark.parametrize("named", [".001", ""])
def test_the_matrix_is_the_one_that_flowcore_computes(named: str) -> None:
    files = [read_fcs(FLOWCORE / f"060909.00{n}") for n in range(1, 6)]
    found = match_controls(files, unstained=named)
    assert found.unstained is files[0]
    told = {name: events.path.name for name, events in found.stained.items()}
    assert told == {"FL1-H": "060909.002", "FL2-H": "060909.003", "FL3-H": "060909.005", "FL4-H": "060909.004"}
    lines = (FLOWCORE / "compref").read_text().splitlines()[1:]
    published = np.array([[float(cell) for cell in line.split()[1:]] for line in lines])
    assert np.allclose(found.matrix.matrix, published, atol=1e-6)


def test_its_table_saved_as_csv_is_a_matrix_for_gating(tmp_path: Path) -> None:
    table = METHOD.run(METHOD.example).tables[0]
    names = [column.name for column in table.columns]
    lines = [",".join(names), *(",".join(str(row[name]) for name in names) for row in table.rows)]
    path = tmp_path / "spillover.csv"
    path.write_text("\n".join(lines))
    matrix = read_matrix(path)
    assert list(matrix.detectors) == names[1:]
    assert matrix.column_of("PE-A") is not None


def test_two_controls_of_one_dye_and_cells_without_any_are_refused(tmp_path: Path) -> None:
    unstained, fitc, *_ = METHOD.example
    with pytest.raises(BadParameter, match="a dye of its own"):
        match_controls([read_fcs(path) for path in (unstained, fitc, fitc)])
    dark = fcs(tmp_path / "dark.fcs", np.zeros((9, 6)), read_fcs(fitc).names)
    with pytest.raises(BadParameter, match="brighter than the unstained"):
        match_controls([read_fcs(path) for path in (unstained, fitc, dark)])
    with pytest.raises(UnreadableFile, match="at least two"):
        METHOD.run([fitc])


def test_controls_of_another_panel_are_refused(tmp_path: Path) -> None:
    other = fcs(tmp_path / "other.fcs", np.ones((9, 2)), ["FL1-A", "FL2-A"])
    with pytest.raises(UnreadableFile, match="channels of the other controls"):
        METHOD.run([*METHOD.example, other])


def test_cells_that_no_name_tells_are_the_dimmest_in_every_detector(tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.fcs" for n in range(4)]
    bare, *stains = (read_fcs(path) for path in METHOD.example)
    for path, events in zip(files, [*stains, bare], strict=True):
        fcs(path, np.column_stack([events.column(name) for name in events.names]), events.names)
    told, guessed = METHOD.run(METHOD.example), METHOD.run(files)
    assert [one.code for one in guessed.warnings] == ["unstained-guessed"]
    assert "3.fcs" in guessed.warnings[0].text.en
    assert not told.warnings
    assert guessed.verdict == told.verdict == "pass"
    values = [{one.name: one.value for one in answer.findings} for answer in (told, guessed)]
    assert values[1] == pytest.approx(values[0], abs=1e-5)


def test_a_control_without_its_signal_is_no_unstained_file(tmp_path: Path) -> None:
    bare, fitc, pe, _ = (read_fcs(path) for path in METHOD.example)
    columns = np.column_stack([bare.column(name) for name in bare.names])
    place = bare.names.index("APC-A") + 1
    failed = fcs(tmp_path / "failed.fcs", columns, bare.names, {f"$P{place}S": "CD8"})
    with pytest.raises(BadParameter, match=r"failed\.fcs.*a signal of its stain, CD8"):
        match_controls([fitc, pe, read_fcs(failed)])


def test_without_unstained_cells_the_answer_asks_to_look_again() -> None:
    answer = METHOD.run(METHOD.example[1:])
    assert answer.verdict == "review"
    assert "unstained cells" in answer.sentence.en
    assert "synthetic" in answer.tags


def test_a_control_with_an_event_that_holds_no_number_is_refused_by_what_is_wrong(tmp_path: Path) -> None:
    files = [tmp_path / path.name for path in METHOD.example]
    for path, given in zip(files, METHOD.example, strict=True):
        path.write_bytes(given.read_bytes())
    whole, raw = files[1].read_bytes(), read_fcs(files[1]).raw
    place = whole.index(raw.tobytes()) + 4 * (5 * raw.shape[1] + 3)  # event 5 of the fourth channel
    for signalling in (b"\x01\x00\x80\x7f", b"\x00\x00\xc0\x7f"):
        files[1].write_bytes(whole[:place] + signalling + whole[place + 4 :])
        with pytest.raises(UnreadableFile, match="found 1 of 1,500 events without a number in PE-A; expected"):
            METHOD.run(files)
