"""The defocus of micrographs leaves as RELION's STAR and comes back in as it was."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from liqi.methods import find_method
from liqi.methods.cryoem import read_star
from liqi.methods.exports import exports_of, write_export
from liqi.methods.readers import sniff


def test_the_defocus_that_was_fitted_is_read_back_from_the_star_file(tmp_path: Path) -> None:
    method = find_method("cryo.ctf")
    answer = method.run(list(method.example))
    assert "star" in [one.key for one in exports_of(answer)]
    written = write_export(answer, "star", now=datetime(2026, 11, 23, tzinfo=UTC))
    assert isinstance(written, str)
    path = tmp_path / "micrographs_ctf.star"
    path.write_text(written)
    assert sniff(path) == "star"
    blocks = read_star(path)
    row = answer.detail["ctf"][0]
    told = blocks["micrographs"]
    for label, value in (("rlnDefocusU", row["defocus_u"]), ("rlnDefocusAngle", row["angle"])):
        words = told.words(label)
        assert words is not None
        assert float(words[0]) == pytest.approx(value, abs=1e-5)
    assert told.words("rlnMicrographName") == [row["micrograph"]]
    assert blocks["optics"].words("rlnVoltage") == ["300.000000"]
