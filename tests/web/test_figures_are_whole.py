"""Each figure of the observatory says its unit, day, rows, missing share and formula, and opens its rows."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "src" / "liqi" / "web" / "templates"
PAGES = [page for room in ("observatory", "boards") for page in sorted((TEMPLATES / room).glob("*.html"))]
FIGURE = re.compile(r"\{% figure (.+?) %\}")
OWED = {"as_of", "n", "missing", "formula", "rows"}
BY_LENS = ("purchases.html", "vendors.html", "choke_points.html")
"""Pages whose figures are seen through a lens: each says which."""
EXEMPT = {
    "index.html": {"as_of", "n", "missing", "formula", "rows"},  # each stands in a link to the page that says them
    "region.html": {"missing"},  # a published table without blanks
    "trade.html": {"as_of", "missing"},  # a year, in the heading above; what is missing stands in each year's line
    "market.html": {"as_of", "n", "missing", "rows"},  # follows from the numbers typed beside it, which are its rows
}


def figures(page: Path) -> list[str]:
    return FIGURE.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [page for page in PAGES if figures(page)], ids=lambda p: p.name)
def test_a_figure_says_what_it_owes(page: Path) -> None:
    owed = (OWED | ({"lens"} if page.name in BY_LENS else set())) - EXEMPT.get(page.name, set())
    said = {one: set(re.findall(r"\b(\w+)=", one)) for one in figures(page)}
    lacking = {one: sorted(owed - names) for one, names in said.items()}
    assert {one: gone for one, gone in lacking.items() if gone} == {}
    assert [one for one, names in said.items() if not names & {"unit", "as_share"}] == [], "a figure without its unit"


def test_there_are_figures_to_look_at() -> None:
    assert sum(len(figures(page)) for page in PAGES) > 40
