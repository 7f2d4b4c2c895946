"""Every kind of plot drawn as SVG, from the same data as on the page."""

from collections.abc import Callable, Mapping
from typing import Any

from liqi.answers.report._map import map_svg
from liqi.answers.report._mirror import mirror_svg
from liqi.answers.report._plots import bars_svg, line_svg, points_svg

DRAW: Mapping[str, Callable[[Mapping[str, Any], str], str]] = {
    "mirror": mirror_svg,
    "line": line_svg,
    "points": points_svg,
    "bars": bars_svg,
    "map": map_svg,
}
"""Plot and language in, SVG out."""
