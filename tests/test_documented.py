"""The pages of docs/ that are made from the code are not stale, and what they name exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

from docs import generate, interface

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*(ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md")), *(ROOT / "docs").rglob("*.md")]


def test_the_commands_page_is_not_stale() -> None:
    """Asked in a process of its own: click remembers the help option of whoever called a command first."""
    ask = [sys.executable, "-c", "from docs import generate; print(generate.commands_page(), end='')"]
    made = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert generate.COMMANDS_PAGE.read_text(encoding="utf-8") == made, "run ./run docs"


def test_the_techniques_page_is_not_stale() -> None:
    assert generate.TECHNIQUES_PAGE.read_text(encoding="utf-8") == generate.techniques_page(), "run ./run docs"


def test_the_rules_page_is_not_stale() -> None:
    with translation.override("en"):
        assert generate.RULES_PAGE.read_text(encoding="utf-8") == generate.rules_page(), "run ./run docs"


def test_the_page_of_the_interface_is_not_stale() -> None:
    assert interface.PAGE.read_text(encoding="utf-8") == interface.page(), "run ./run docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_heading_leads_to_one(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", page.read_text(encoding="utf-8")):
        there = (page.parent / target if target else page).read_text(encoding="utf-8")
        assert anchor in _anchors(there), f"{page.name} links to {target}#{anchor}"


def _anchors(text: str) -> set[str]:
    """The names of headings as hosts of Markdown make them: small letters, blanks as lines, other signs left out."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_every_page_is_reached_from_the_first_one() -> None:
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen:
            continue
        seen.add(page)
        for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            there = (page.parent / target).resolve()
            ahead += [there] if there.suffix == ".md" else sorted(there.glob("*.md")) if there.is_dir() else []
    lonely = sorted(str(page.relative_to(ROOT)) for page in set(PAGES) - seen)
    assert not lonely, f"no link leads to {lonely}"


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    sources = [ROOT / "src/liqi/server/settings.py", ROOT / "src/liqi/server/data.py"]
    named = {
        name for path in sources for name in re.findall(r'environ(?:\.get\(|\[)"(LIQI_[A-Z_]+)"', path.read_text())
    }
    assert named
    for name in named:
        assert f"`{name}`" in page, f"{name} is not in docs/reference/settings.md"
