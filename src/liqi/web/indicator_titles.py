"""What the indicators are called on pages where a table of one's own is counted, and how they are grouped."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

TITLES: dict[str, Promise] = {
    "technology_tree": gettext_lazy("Parts of an instrument: dependence carried up, and what is at risk"),
    "dependence": gettext_lazy("Share from abroad"),
    "substitution_rate": gettext_lazy("Imports replaced, by year of purchase"),
    "league": gettext_lazy("League of holders"),
    "choke_points": gettext_lazy("Choke points"),
    "instrument_demand": gettext_lazy("Likely spending on instruments"),
    "chain_coverage": gettext_lazy("Cells of the chain with a facility"),
    "mid_gap": gettext_lazy("Mid-gap index: heavy ends, light middle"),
    "chain_diagnosis": gettext_lazy("Three faults of a cluster"),
    "innovation_cluster": gettext_lazy("Cluster index with its five parts"),
    "pair_gain": gettext_lazy("What the missing class would add"),
    "consortium": gettext_lazy("Smallest consortium over all stages"),
    "talent_coverage": gettext_lazy("Talent by stage, and who is missing"),
    "degree_centrality": gettext_lazy("Chain leaders: who is joined to most"),
    "peer_distance": gettext_lazy("Peers: which place is most alike"),
    "readiness": gettext_lazy("Readiness of a pilot zone: elements and chains"),
    "stage_advice": gettext_lazy("Right help at the right stage"),
    "location_league": gettext_lazy("Location quotients of regions"),
    "cluster_index": gettext_lazy("Cluster index of Litzenberger and Sternberg"),
    "ellison_glaeser": gettext_lazy("Agglomeration of plants (Ellison and Glaeser)"),
    "shift_share": gettext_lazy("Growth of a region in three parts"),
    "ring_test": gettext_lazy("Near the hub, but not in it: the ring test"),
    "morans_i": gettext_lazy("Do neighbours resemble each other? (Moran's I)"),
    "huff": gettext_lazy("Who goes where (Huff)"),
    "idle_capacity": gettext_lazy("What idle land could carry"),
    "talent_within": gettext_lazy("Talent within reach"),
    "place_kind": gettext_lazy("Kinds of places: hub of facilities, belt of life science"),
    "instrument_partners": gettext_lazy("Industries that make partners for instruments"),
    "hidden_champions": gettext_lazy("Hidden champions"),
    "research_intensity": gettext_lazy("Research over revenue"),
    "tail_share": gettext_lazy("Weight of small firms"),
    "bimodality": gettext_lazy("Giants and workshops apart"),
    "market_share": gettext_lazy("A segment's share of its market"),
    "market_projection": gettext_lazy("How large a market grows"),
    "demand_by_buyer": gettext_lazy("Demand by kind of buyer"),
    "custom_share": gettext_lazy("Share made to order"),
    "lineage_depth": gettext_lazy("Genealogy: what came from what, in dated order"),
    "anchor_share": gettext_lazy("Anchor firms: what is lost without one and all that came from it"),
    "outputs_linked": gettext_lazy("Papers, patents and prizes that name an instrument"),
    "adoption": gettext_lazy("Who took it up, at home and abroad, by year"),
    "customers_abroad": gettext_lazy("Customers abroad"),
    "first_time_users": gettext_lazy("Users who came for the first time, by year"),
    "retention": gettext_lazy("Results that stayed here"),
    "link_density": gettext_lazy("Ties among tenants"),
    "link_gain": gettext_lazy("Which tenant would add most ties"),
    "funding_mix": gettext_lazy("Funding mix by source"),
    "stake_multiple": gettext_lazy("What a stake has brought"),
    "funnel": gettext_lazy("Funnel of projects"),
    "portfolio": gettext_lazy("Projects that a budget takes"),
    "target_progress": gettext_lazy("Targets reached so far"),
    "median_time": gettext_lazy("How long a stage lasts (Kaplan-Meier)"),
    "log_rank": gettext_lazy("Do two groups stay alike long (log-rank)"),
    "exit_probability": gettext_lazy("Which way out, with what probability"),
    "days_needed": gettext_lazy("Days that a programme of measurements takes"),
    "turnaround_gain": gettext_lazy("How many times quicker an answer comes"),
    "capability_gap": gettext_lazy("How far a capability is from the best"),
    "opportunity": gettext_lazy("Fields to leap ahead in"),
    "industry_instruments": gettext_lazy("Which industries use which instruments"),
}
"""The indicators on the page, in its order; the command line has more."""
GROUPS: tuple[tuple[Promise, str], ...] = (
    (pgettext_lazy("of goods", "Imports"), "technology_tree"),
    (gettext_lazy("The chain"), "chain_coverage"),
    (pgettext_lazy("observatory", "Place"), "location_league"),
    (gettext_lazy("Firms and market"), "hidden_champions"),
    (gettext_lazy("Descent, use and money"), "lineage_depth"),
    (gettext_lazy("Projects and programmes"), "funnel"),
    (gettext_lazy("Gaps, gains and prospects"), "turnaround_gain"),
)
"""How the indicators are grouped in the list: what each group is called, and the first of it."""
OF_FIRMS = (
    *("lineage_depth", "anchor_share", "outputs_linked", "adoption", "first_time_users", "retention", "link_density"),
    *("link_gain", "funding_mix", "stake_multiple", "opportunity", "industry_instruments", "turnaround_gain"),
    "capability_gap",
)
"""Those that the page of firms, plans and pipelines opens by itself: descent, use and money."""


def grouped() -> list[tuple[Promise, list[tuple[str, Promise]]]]:
    """Each group with its indicators, in the order of the page."""
    names = list(TITLES)
    starts = [names.index(first) for _title, first in GROUPS]
    return [
        (title, [(name, TITLES[name]) for name in names[start:end]])
        for (title, _first), start, end in zip(GROUPS, starts, [*starts[1:], len(names)], strict=True)
    ]
