"""A damaged ANDI chromatogram: a number that is none is read without a warning."""

from pathlib import Path

import numpy as np

from liqi.methods.chromatography._andi import _doubles
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
