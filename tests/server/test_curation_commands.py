"""Suggested classes, pairs and links from the command line."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from liqi.server.commands import curation
from tests import tables


def liqi(data: Path, *words: str) -> Any:
    found = subprocess.run(
        [str(Path(sys.executable).with_name("liqi")), *words, "--data", str(data), "--json"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("curation")
    tables.ready(folder / "data")
    table = folder / "list.csv"
    table.write_text(
        "id,name,maker,model,serial\n1,气相色谱仪,Acme,X,SN-100\n2,GC 7890B,Acme,X,sn100\n3,Inv 34761,,,\n",
        encoding="utf-8",
    )
    assert liqi(folder / "data", "import", str(table), "--as", "csv")["created"] == 3
    return folder / "data"


def test_a_name_is_classified_with_reasons_and_two_candidates(data: Path) -> None:
    found = liqi(data, "classify", "原子力显微镜")
    assert [one["code"] for one in found["suggestions"][:2]] == ["010803", "030118"]
    assert found["suggestions"][0]["why"][0] == {"kind": "term", "words": "原子力显微镜"}


def test_every_record_without_a_class_is_listed_and_none_is_changed(data: Path) -> None:
    found = liqi(data, "classify")
    assert found["unclassified"] == 3
    said = {one["name"]: [s["code"] for s in one["suggestions"]] for one in found["records"]}
    assert said["气相色谱仪"][0] == said["GC 7890B"][0] == "010501"
    assert said["Inv 34761"] == []
    assert liqi(data, "classify")["unclassified"] == 3


def test_pairs_are_found_and_listed(data: Path) -> None:
    assert liqi(data, "duplicates")["found"] is None
    found = liqi(data, "duplicates", "--find")
    assert found["found"]["new"] == found["waiting"] == 1
    assert found["pairs"][0]["reason"] == "serial"


class _Answers(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Nothing is logged."""


def test_an_address_that_leads_nowhere_is_told_from_one_that_answers() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        assert curation.problem_of(f"{base}/there") == ""
        assert curation.problem_of(f"{base}/gone") == "HTTP 404"
    finally:
        server.shutdown()
        server.server_close()
    assert curation.problem_of("http://127.0.0.1:9/x") != ""
    assert curation.problem_of("ftp://example.org/") == "not an address of the web"
