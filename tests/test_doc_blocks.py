"""Python of docs/ runs as it stands and gives the values told behind `#`; commands behind `$` print what is shown."""

import ast
import contextlib
import doctest
import io
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import liqi

ROOT = Path(__file__).resolve().parents[1]
METHODS = Path(liqi.__file__).parent / "methods"
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SHELL = re.compile(r"^( *)```(?:sh)?\n( *\$ .*?)^ *```", re.DOTALL | re.MULTILINE)

# What stands for the files that a page calls by a reader's own names.
FILES = {
    "chrom.area": {"run.cdf": "chromatography/data/agilent-hplc.cdf"},
    "dpcr.quantify": {"results.csv": "pcr/data/dpcr_probe.tsv"},
    "ea.chns": {"run.csv": "elemental/data/ea_run.csv"},
    "flow.gate": {"sample.fcs": "cytometry/data/example.fcs", "gates.xml": "cytometry/data/example_gates.xml"},
    "irms.delta": {"run.txt": "elemental/data/synthetic_clumped.txt"},
    "irms.normalise": {"run.csv": "elemental/data/irms_run.csv"},
    "nmr.1d": {"aspirin-1h.zip": "nmr/data/aspirin-1h.zip"},
    "qpcr.quantify": {"run.rdml": "pcr/data/stepone_std.rdml"},
    "raman.calibrate": {f"{name}.txt.gz": f"optical/data/{name}.txt.gz" for name in ("neon", "silicon", "calcite")},
    "sanger.consensus": {name: f"sequencing/data/{name}" for name in ("forward.scf", "reverse.scf", "reference.fasta")},
    "sanger.quality": {"read.ab1": "sequencing/data/3100.ab1"},
}
# Blocks that need more than files: a server, a library of half a minute, a sketch with dots; and what others run.
ELSEWHERE = {"api-tokens", "webhooks", "use-the-large-library", "write-a-method", "use-from-a-notebook"}
# Pages whose commands run on what ships; what `cat` shows is written first, so that a page brings its own files.
SHELL_PAGES = [
    "README.md",
    "README.zh.md",
    "docs/how-to/bring-in-an-institutions-list.md",
    "docs/how-to/try-a-policy-rule.md",
    "docs/how-to/write-a-policy-rule.md",
    "docs/how-to/plan-a-week.md",
    "docs/how-to/classify-tissue.md",
    "docs/how-to/quantify-residues.md",
    "docs/reference/indicators.md",
]


def blocks() -> list[tuple[Path, str]]:
    """Each page that has Python to run, and all its Python."""
    pages = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.stem not in ELSEWHERE]
    told = [(page, "\n".join(_PYTHON.findall(page.read_text(encoding="utf-8")))) for page in pages]
    return [(page, block) for page, block in told if block]


@pytest.mark.parametrize(("page", "block"), blocks(), ids=lambda each: each.stem if isinstance(each, Path) else "")
def test_the_python_of_a_page_runs_and_gives_what_it_tells(
    page: Path, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, source in FILES.get(page.stem, {}).items():
        shutil.copy(METHODS / source, tmp_path / name)
    for name, shown in _shown_files(page):
        (tmp_path / name).write_text(shown, encoding="utf-8")
    shutil.copytree(ROOT / "tests/planning/configuration", tmp_path / "tests/planning/configuration")
    monkeypatch.chdir(tmp_path)
    lines, names = block.splitlines(), dict[str, Any]()
    for statement in ast.parse(block).body:
        code = ast.get_source_segment(block, statement) or ""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                found = eval(code, names) if isinstance(statement, ast.Expr) else exec(code, names)
            except Exception as problem:  # a page may tell what is refused
                found, printed = None, io.StringIO(f"{type(problem).__name__}: {problem}")
        expected = _told(lines, statement)
        given = printed.getvalue().strip() or ("" if found is None else repr(found))
        assert expected is not None or not printed.getvalue(), f"{code}\n{given}"
        if expected is not None:
            assert given == expected, code


def _told(lines: list[str], statement: ast.stmt) -> str | None:
    """What stands behind `#` on the last line of an expression, else on the lines of comment below a statement."""
    end = statement.end_lineno or 0
    if isinstance(statement, ast.Expr) and "  # " in lines[end - 1]:
        return lines[end - 1].rsplit("  # ", 1)[1]
    below = []
    for line in lines[end:]:
        if not line.startswith("# "):
            break
        below.append(line.removeprefix("# "))
    return "\n".join(below) or None


def _shown_files(page: Path) -> list[tuple[str, str]]:
    """The files that a page shows by `cat`."""
    return [
        (command.removeprefix("cat "), shown)
        for command, shown in _commands(page.read_text(encoding="utf-8"))
        if command.startswith("cat ")
    ]


def _commands(text: str) -> list[tuple[str, str]]:
    """Each command after `$` with what stands under it, in order."""
    found: list[tuple[str, str]] = []
    for _indent, block in _SHELL.findall(text):
        for part in re.split(r"^\$ ", textwrap.dedent(block), flags=re.MULTILINE)[1:]:
            command, _, shown = part.replace("\\\n", " ").partition("\n")
            found.append((" ".join(command.split()) if "  " in command else command, shown))
    return found


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", SHELL_PAGES, ids=lambda name: Path(name).stem)
def test_the_commands_of_a_page_print_what_stands_under_them(name: str, tmp_path: Path) -> None:
    commands = _commands((ROOT / name).read_text(encoding="utf-8"))
    assert commands
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / "src").symlink_to(ROOT / "src")
    beside = {"LIQI_DATA": str(tmp_path / "kept"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    here = tmp_path
    for command, shown in commands:
        if command.startswith("cat "):
            (here / command.removeprefix("cat ")).write_text(shown, encoding="utf-8")
            continue
        if command.startswith("cd "):
            here = here / command.removeprefix("cd ")
            continue
        done = subprocess.run(
            ["bash", "-c", command.replace("--report ", f"--report {tmp_path}/")],
            cwd=here,
            env=os.environ | beside | {"LC_ALL": "C.UTF-8"},
            text=True,
            check=False,
            capture_output=True,
        )
        given = [done.stdout, done.stdout + done.stderr]  # what goes to the screen alone may be left out
        assert any(_alike(shown, each) for each in given), f"{command}\n{given[1]}"


def _alike(shown: str, given: str) -> bool:
    """Whether a command printed this, but for times and where the page says `...`."""
    told, found = (re.sub(r"in [\d.]+ ms", "in 1 ms", text) for text in (shown, given))
    told, found = ("".join(f"{line.strip()}\n" for line in text.strip().splitlines()) for text in (told, found))
    return doctest.OutputChecker().check_output(told, found, doctest.ELLIPSIS)
