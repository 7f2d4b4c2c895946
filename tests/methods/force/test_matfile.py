"""MATLAB files of loads and records give what the tables of the same numbers give."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from liqi.methods import UnreadableFile, find_method
from liqi.methods.readers import sniff

CALIBRATE, DYNAMIC = find_method("force6.calibrate"), find_method("force6.dynamic")
STATIC = CALIBRATE.example[0]


def table(path: Path) -> tuple[list[str], np.ndarray]:
    with path.open(encoding="utf-8") as stream:
        head, *rows = csv.reader(line for line in stream if not line.startswith("#"))
    return head, np.array(rows, dtype=float)


def parts(transposed: bool) -> dict[str, np.ndarray]:
    head, numbers = table(STATIC)
    load = numbers[:, [head.index(one) for one in head if one[:2] in ("Fx", "Fy", "Fz", "Mx", "My", "Mz")]]
    output = numbers[:, [i for i, one in enumerate(head) if one[0] == "u"]]
    assert load.shape[1] == output.shape[1] == 6
    return {"Force": load.T if transposed else load, "V": output.T if transposed else output}


def bare(path: Path) -> Path:
    """The same loads and outputs as a table, without what else the table of the example tells."""
    made = parts(False)
    rows = np.hstack([made["Force"], made["V"]])
    np.savetxt(path, rows, "%.17g", ",", header="Fx,Fy,Fz,Mx,My,Mz,u1,u2,u3,u4,u5,u6", comments="")
    return path


@pytest.mark.parametrize("shape", ["arrays", "across", "structure"])
def test_arrays_of_loads_and_outputs_give_the_figures_of_the_table(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "标定.mat"
    made = parts(shape == "across")
    savemat(path, {"data": made} if shape == "structure" else made)
    assert sniff(path) == "mat"
    answer, whole = CALIBRATE.run([path]), CALIBRATE.run([bare(tmp_path / "a.csv")])
    assert [one.name for one in answer.findings] == [one.name for one in whole.findings]
    assert [one.value for one in answer.findings] == pytest.approx([one.value for one in whole.findings], rel=1e-9)
    assert answer.verdict == whole.verdict


def test_a_record_over_time_is_answered_as_its_table_is(tmp_path: Path) -> None:
    head, numbers = table(DYNAMIC.example[0])
    path = tmp_path / "synthetic_step_Fz.mat"
    savemat(path, {name: numbers[:, [at]] for at, name in enumerate(head)})
    values = [[one.value for one in DYNAMIC.run([one]).findings] for one in (path, DYNAMIC.example[0])]
    assert values[0] == pytest.approx(values[1], rel=1e-9)


def test_what_is_cut_or_of_version_7_3_or_a_makers_matrix_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, parts(False))
    whole = path.read_bytes()
    for cut in range(1, 20):
        path.write_bytes(whole[: len(whole) * cut // 20])
        with pytest.raises(UnreadableFile) as told:
            CALIBRATE.run([path])
        assert "\n" not in str(told.value)
    path.write_bytes(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM" + bytes(400))
    with pytest.raises(UnreadableFile, match="save -v7"):
        CALIBRATE.run([path])
    path.write_text('<?xml version="1.0"?><FTSensor SerialNumber="FT1"><Calibration/></FTSensor>')
    for refuse in (lambda: CALIBRATE.run([path]), lambda: sniff(path)):
        with pytest.raises(UnreadableFile, match=r"maker's matrix.*\.cal"):
            refuse()
