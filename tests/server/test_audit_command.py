import json

import pytest

from tests.server.calling import call as liqi

SENTENCE = "14个最活跃的风投机构，4家位于波士顿、6家位于旧金山湾区、2家位于纽约、3家位于欧洲。"


def test_audit_prints_one_document_with_the_sentence_and_what_would_be_expected(tmp_path):
    path = tmp_path / "brief.txt"
    path.write_text(f"共有仪器42台。\n{SENTENCE}\n", encoding="utf-8")
    code, out, err = liqi("audit", path, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert set(answer) == {"file", "sentences", "figures", "tables", "findings", "derived"}
    (finding,) = answer["findings"]
    assert set(finding) == {"check", "sure", "sentence", "line", "marked", "found", "expected"}
    assert (finding["check"], finding["sentence"], finding["line"]) == ("parts", SENTENCE, 2)
    assert finding["marked"] == ["14个", "4家", "6家", "2家", "3家"]


def test_a_sound_text_gives_no_finding_and_ends_with_0(tmp_path):
    path = tmp_path / "brief.txt"
    path.write_text("国产12台、进口30台，合计42台。", encoding="utf-8")
    code, out, _err = liqi("audit", path, "--json")
    assert (code, json.loads(out)["findings"]) == (0, [])


def test_what_is_piped_in_is_audited_and_said_in_words():
    code, out, err = liqi("audit", "-", "--language", "zh", text=SENTENCE)
    assert (code, err) == (0, "")
    assert "= 15个，整体写作 14个" in out


@pytest.mark.parametrize("data", [None, b"%PDF-1.7", b"\x00\x01"])
def test_what_cannot_be_audited_ends_with_2_and_one_sentence(tmp_path, data):
    path = tmp_path / "brief"
    if data is not None:
        path.write_bytes(data)
    code, out, err = liqi("audit", path, "--json")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
