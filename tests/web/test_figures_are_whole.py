"""Each figure of the observatory says its day, rows, missing share and formula, and opens its rows."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "src" / "liqi" / "web" / "templates" / "observatory"
FIGURE = re.compile(r"\{% figure (.+?) %\}")
OWED = {"as_of", "n", "missing", "formula", "rows"}
BY_LENS = ("purchases.html", "vendors.html", "choke_points.html")
"""Pages whose figures are seen through a lens: each says which."""
EXEMPT = {
    "index.html": {"as_of", "n", "missing", "formula", "rows"},  # each stands in a link to the page that says them
    "region.html": {"missing"},  # a published table without blanks
    "trade.html": {"as_of", "missing"},  # a year, in the heading above; what is missing stands in each year's line
}


def figures(page: Path) -> list[str]:
    return FIGURE.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [page for page in sorted(PAGES.glob("*.html")) if figures(page)], ids=lambda p: p.name)
def test_a_figure_says_what_it_owes(page: Path) -> None:
    owed = (OWED | ({"lens"} if page.name in BY_LENS else set())) - EXEMPT.get(page.name, set())
    lacking = {one: sorted(owed - set(re.findall(r"\b(\w+)=", one))) for one in figures(page)}
    assert {one: gone for one, gone in lacking.items() if gone} == {}


def test_there_are_figures_to_look_at() -> None:
    assert sum(len(figures(page)) for page in PAGES.glob("*.html")) > 20
