"""A damaged ANDI chromatogram: a number that is none is read without a warning, one of no detector is refused."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.chromatography._andi import _doubles
from liqi.methods.chromatography._fits import modified_gaussian
from liqi.methods.readers.andi import opened
from tests.methods import written


def test_a_signalling_not_a_number_is_converted_quietly(tmp_path: Path) -> None:
    written.andi(tmp_path / "a.cdf", [([50.5, 60.25], [1.0, 20.0])])
    file = opened(tmp_path / "a.cdf")
    name = next(name for name, one in file.variables.items() if one.type == ">f4")
    spoilt = bytearray(file._data)
    spoilt[file.variables[name].begin : file.variables[name].begin + 4] = bytes.fromhex("7f800001")
    (tmp_path / "b.cdf").write_bytes(bytes(spoilt))
    assert np.isnan(_doubles(opened(tmp_path / "b.cdf"), name)[0])


def test_a_signal_that_no_detector_gives_is_refused(tmp_path: Path) -> None:
    method = find_method("chrom.area")
    given = next(path for path in method.example if path.suffix == ".cdf")
    one = opened(given).variables["ordinate_values"]
    assert one.type == ">f4"
    spoilt = bytearray(given.read_bytes())
    spoilt[one.begin + 400 : one.begin + 404] = np.array([-3e38], ">f4").tobytes()
    (tmp_path / "a.cdf").write_bytes(spoilt)
    with pytest.raises(UnreadableFile, match=r"found a signal of -3e\+38; expected what a detector gives"):
        method.run([tmp_path / "a.cdf"])


def test_a_peak_whose_width_a_fit_lets_vanish_is_no_number_and_no_error() -> None:
    column = np.array([[5.0], [5.0]])
    with np.errstate(all="ignore"):
        rows = modified_gaussian(np.arange(10.0), column, np.array([[0.0], [1.0]]), np.array([[0.5], [0.5]]))
    assert np.isnan(rows[0]).any()
    assert rows[1].tolist() == modified_gaussian(np.arange(10.0), 5.0, 1.0, 0.5).tolist()
