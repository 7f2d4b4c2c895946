"""`liqi plan`: the fields of the contract, words without --json, and one sentence for what cannot be read."""

import gzip
import json

import pytest
from click.testing import CliRunner

from liqi.server.commands.plan import plan
from tests.planning.schedule.test_schedule import WEEK_OF_ONE


@pytest.fixture
def problem(tmp_path):
    path = tmp_path / "week.json"
    requests = [{"tech": 0, "dur": {"0": 3}, "value": 5}, {"tech": 0, "dur": {"0": 2}, "value": 1}]
    path.write_text(json.dumps(WEEK_OF_ONE | {"requests": requests}))
    return path


def test_a_plan_is_one_document_with_the_fields_of_the_contract(problem):
    found = CliRunner().invoke(plan, [str(problem), "--time-limit", "0.2", "--json"])
    assert found.exit_code == 0
    answer = json.loads(found.stdout)
    assert list(answer) == ["status", "objective", "bound", "gap", "assignments", "unplaced"]
    assert answer["assignments"] == [{"task": 0, "resource": 0, "start": 0, "end": 3, "operator": None}]
    assert answer["unplaced"] == [
        {
            "task": 1, "why": "others have its time on every instrument for it", "rule": "taken",
            "would_place": {"resource": 0, "start": 0, "end": 2, "without": None, "instead_of": [0]},
        }
    ]  # fmt: skip


def test_a_plan_packed_with_gzip_is_told_in_words(problem):
    problem.write_bytes(gzip.compress(problem.read_bytes()))
    found = CliRunner().invoke(plan, [str(problem), "--time-limit", "0"])
    assert found.exit_code == 0
    assert "instrument 0, slots 0 to 3: request 0" in found.stdout
    assert "request 1 waits: others have its time" in found.stdout


PACKED = gzip.compress(b"{}" * 50, mtime=0)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"\x1f\x8b\x08broken", PACKED[:-4], PACKED[:10] + b"\xff" + PACKED[11:]]
)
def test_bytes_that_are_no_text_are_told_in_a_sentence(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    found = CliRunner().invoke(plan, [str(path)])
    assert found.exit_code == 2
    assert "expected a problem in JSON" in found.stderr
