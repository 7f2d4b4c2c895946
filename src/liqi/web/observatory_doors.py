"""The doors of the observatory: every page of it as a question, in groups, one line a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Door:
    """A page: the name of its address, its question, what it shows."""

    name: str
    question: Any
    shows: Any


GROUPS: tuple[tuple[Any, str, tuple[Door, ...]], ...] = (
    (
        _("Dependence on imports"),
        "world",
        (
            Door("observatory_dependence", _("Where do we depend on imports?"), _("share by class and value band")),
            Door("observatory_purchases", _("Are we buying more at home?"), _("purchases by year, substitution")),
            Door("observatory_vendors", _("Who sells to us?"), _("league of vendors, owners of a day")),
            Door("observatory_choke_points", _("Where could we be cut off?"), _("choke points, parts and origins")),
            Door("observatory_trade", _("What is bought and sold abroad?"), _("trade cards by product and country")),
            Door("observatory_table", _("What does my own table say?"), _("any table, seen through the lenses")),
        ),
    ),
    (
        _("The chain"),
        "topology-star-3",
        (
            Door("observatory_chain", _("Where is the chain broken?"), _("classes of facility by stage")),
            Door("observatory_cluster", _("How well does the cluster work?"), _("nearness, links, completeness")),
            Door("observatory_gap", _("What fills a gap?"), _("facilities near, firms, projects, rules")),
            Door("observatory_consortium", _("Who together has it all?"), _("the smallest consortium")),
            Door("observatory_advice", _("Which stage am I at?"), _("readiness to stage and facility")),
        ),
    ),
    (
        _("Places and sites"),
        "map-pin",
        (
            Door("observatory_place", _("Which regions are strong in what?"), _("location quotients, concentration")),
            Door("observatory_companions", _("Who settles beside whom?"), _("co-agglomeration of industries")),
            Door("observatory_ring", _("Is near, but not in, the best?"), _("the ring test, each hub left out once")),
            Door(
                "observatory_distances", _("Do they cluster more than chance?"), _("density of distances with its band")
            ),
            Door("observatory_sites", _("Where to build?"), _("ranking of sites and how stable it is")),
        ),
    ),
    (
        _("Firms and market"),
        "building",
        (
            Door("champions", _("Who are the hidden champions?"), _("firms held against the official rules")),
            Door("market", _("How large is the market?"), _("size, growth, who buys")),
            Door("radar", _("What is asked for in vain?"), _("empty searches, refused bookings, waits")),
            Door("benchmarks", _("How do others do it?"), _("cards of named clusters")),
        ),
    ),
    (
        _("Plans and pipelines"),
        "list",
        (
            Door("boards", _("What is kept on the boards?"), _("firms, projects, needs, scenarios, parks, targets")),
            Door("pipeline", _("What becomes of projects?"), _("stages, survival, ways out")),
            Door("screening", _("Which projects fit the budget?"), _("portfolio under conflicts")),
            Door("pairs", _("Which need finds which maker?"), _("stable pairs")),
        ),
    ),
    (
        _("Rules and figures"),
        "scale",
        (
            Door("rules", _("Which rules fit me?"), _("plain questions, yes, no or cannot tell")),
            Door("policy_rules", _("Which rules are there?"), _("each with its tree, cases and editions")),
            Door("policy_changes", _("What changed?"), _("rules that came, ended or were amended")),
            Door("audit", _("Do these figures add up?"), _("parts, shares, growth, units and days")),
        ),
    ),
)
"""Title, icon and doors of each group: every page that a person opens by itself; one reached from a record has none."""
EXAMPLES = (_("mass spectrometry in Qingdao"), _("electron microscopes in Hefei"), _("NMR in Beijing"))
"""Questions as people put them."""
