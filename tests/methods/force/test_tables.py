"""Tables of force sensors as programs write them: words above the head, LabVIEW's, Chinese, one axis alone."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.force import read_loads, read_record

SECONDS = np.arange(128) / 1000
STEP = (SECONDS > 0.02).astype(float)
ROWS = "".join(f"{t:.4f},{s:.1f},{0.98 * s:.3f}\n" for t, s in zip(SECONDS, STEP, strict=True))
LABVIEW = "LabVIEW Measurement\nWriter_Version\t2\n***End_of_Header***\n\nChannels\t2\n***End_of_Header***\n"
RECORDS = {
    "words above": "Sensor,LQ-6\nDate,2026-01-01\n\ntime (s),reference (N),measured (N)\n" + ROWS,
    "LabVIEW": LABVIEW + "X_Value\tReference\tOutput\tComment\n" + ROWS.replace(",", "\t"),
    "Chinese": "时间(s),标准力(N),测得力(N)\n" + ROWS,
    "semicolons": "t_s;ref_N;meas_N\n" + ROWS.replace(",", ";").replace(".", ","),
}


@pytest.mark.parametrize("maker", RECORDS)
def test_a_record_is_found_under_whatever_stands_above_it(maker: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(RECORDS[maker].replace("\n", "\r\n").encode("gb18030"))
    record = read_record(path)
    assert record.rate_hz == pytest.approx(1000)
    assert np.array_equal(record.reference, STEP)
    assert record.measured.max() == 0.98


def test_a_sensor_of_one_axis_is_calibrated(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    loads = np.tile(np.concatenate([np.linspace(0, 100, 11), np.linspace(90, 0, 10)]), 2)
    path.write_text("Fz (N),U1 (mV)\n" + "".join(f"{f:.1f},{0.02 * f + 0.001:.6f}\n" for f in loads))
    assert read_loads(path).axes == ["Fz"]
    answer = find_method("force6.calibrate").run([path])
    found = {one.name: one.value for one in answer.findings}
    assert found["Fz accuracy"] == pytest.approx(0, abs=1e-6)


def test_a_document_that_is_no_table_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n" + '"' + "x" * 140_000 + '"\n')
    with pytest.raises(UnreadableFile, match="expected a table"):
        read_loads(path)
