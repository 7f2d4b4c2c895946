"""What the house promises about itself."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN_NAMES = {"utils", "helpers", "services", "managers", "common", "core", "base", "misc"}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 80


def modules() -> list[Path]:
    return [path for path in (ROOT / "src/liqi").rglob("*.py") if "migrations" not in path.parts]


def test_no_module_is_named_after_nothing() -> None:
    assert [path for path in modules() if path.stem in FORBIDDEN_NAMES] == []


def test_no_module_and_no_function_is_longer_than_a_reader_follows() -> None:
    """Modules stay near 300 lines and functions under a screen; what is past these bounds is split, not excused."""
    long = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > MOST_LINES:
            long.append(f"{path.name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                long += [f"{path.name}: {node.name} has {lines} lines"] if lines > MOST_LINES_OF_A_FUNCTION else []
    assert long == []


def test_no_line_of_a_template_holds_a_page() -> None:
    crowded = []
    for path in (ROOT / "src/liqi/web/templates").rglob("*.html"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            tags = re.findall(r"</?[a-z]", re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", line))
            if len(line) > 160 and len(tags) > 6:
                crowded.append(f"{path.name}:{number}")
    assert crowded == []


def test_libraries_import_without_django() -> None:
    code = "import liqi.methods, liqi.insight, liqi.policy, liqi.taxonomy, sys; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_lock_has_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    wanted = re.findall(r"^([a-z0-9._-]+)==", lock, re.M)
    assert len(wanted) > 50
    for block in re.split(r"\n(?=[a-z0-9._-]+==)", lock):
        assert "--hash=sha256:" in block


def test_every_requirement_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    lock = (ROOT / "requirements.lock").read_text()
    for requirement in named:
        name = re.split(r"[\[<>=]", requirement)[0].strip()
        assert re.search(rf"^{re.escape(name)}==", lock, re.M), f"{name} is not in requirements.lock: ./run lock"


@pytest.mark.parametrize("pattern", ["*.min.js", "*.min.css", "node_modules"])
def test_no_third_party_file_is_carried(pattern: str) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not [line for line in listed.splitlines() if Path(line).match(pattern) or "node_modules/" in line]
