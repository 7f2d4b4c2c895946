"""Why this confidence: the figures behind a candidate in words, grouped, strongest first, and what would raise it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from django.utils.translation import gettext_lazy as _

Json = Any
FULL = 2.0
"""Log-odds that fill half the width of a bar."""
HARDLY = 0.02
MOST_WAYS = 3
IONS = ("[M±H]", "[M]", "[M+X]", "[M−X]", "[nM], n+")
"""How each kind of ion is written."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One piece of evidence: what it is, its value in words, how far it moves the log-odds."""

    name: str
    words: Any
    value: str
    push: float


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces of evidence of one subject, together and one by one."""

    key: str
    words: Any
    push: float
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Why:
    """The groups, most telling first, and what would make the candidate surer."""

    groups: Sequence[Group]
    ways: Sequence[Any]


GROUPS: dict[str, tuple[Any, dict[str, tuple[Any, str]]]] = {
    "alike": (
        _("How alike the spectra are"),
        {
            "likeness": (_("likeness to the best reference"), "2"),
            "entropy_similarity": (_("spectral entropy similarity"), "2"),
            "entropy_similarity_with_precursor": (_("the same, the precursor included"), "2"),
            "sqrt_cosine": (_("cosine of the square roots"), "2"),
            "similarity_narrow": (_("similarity of peaks of the same exact mass"), "2"),
            "consensus_similarity": (_("similarity to the average of its references"), "2"),
            "score": (_("score of the search"), "2"),
        },
    ),
    "peaks": (
        _("How much of the peaks is explained"),
        {
            "matched_peaks": (_("matched peaks"), "0"),
            "explained_query": (_("share of the measured spectrum"), "%"),
            "explained_reference": (_("share of the reference found again"), "%"),
            "explained_by_any": (_("share explained by any reference of it"), "%"),
            "explained_by_it_alone": (_("share that no rival explains"), "%"),
            "possible": (_("share that the atoms of its ion could give"), "%"),
            "possible_unexplained": (_("share that they could give and no reference of it has"), "share"),
            "explained_of_possible": (_("part of what they could give that a reference of it has"), "share"),
            "missing": (_("share of its references that is missing here"), "%"),
            "missing_least": (_("the same of the reference that misses least"), "%"),
            "fragment_error": (_("mean mass error of the fragments, ppm"), "1"),
            "peak_likelihood": (_("likelihood of the peaks, in logarithms"), "1"),
        },
    ),
    "rivals": (
        _("How far ahead of other compounds"),
        {
            "gap_to_next": (_("lead over the next compound"), "2"),
            "gap_similarity": (_("lead in similarity"), "2"),
            "gap_sqrt_cosine": (_("lead in cosine"), "2"),
            "gap_explained": (_("lead in explained share"), "%"),
            "gap_narrow": (_("lead in similarity at exact mass"), "2"),
            "gap_consensus": (_("lead in similarity to the average"), "2"),
            "gap_likelihood": (_("lead in likelihood of the peaks"), "1"),
            "telling_peaks": (_("peaks that speak for it rather than a rival"), "2"),
            "rival_likeness": (_("likeness of the best rival"), "2"),
            "rank": (_("compounds ranked before it"), "0"),
            "candidates_log": (_("compounds of this mass in the library"), "e"),
            "lead": (_("lead over the next compound"), "2"),
        },
    ),
    "make_up": (
        _("What it is made of: how many isomers there are"),
        {
            "precursor_mz": (_("m/z of the reference's precursor: the more isomers the heavier it is"), "2"),
            "mass_defect": (_("mass defect of it, per mille"), "2"),
            "rings_and_double_bonds": (_("rings and double bonds"), "1"),
            "carbons": (_("atoms of carbon"), "0"),
            "nitrogens": (_("atoms of nitrogen"), "0"),
            "oxygens": (_("atoms of oxygen"), "0"),
            "halogens": (_("atoms of halogens"), "0"),
            "sulfur_and_phosphorus": (_("atoms of sulfur and phosphorus"), "0"),
            "heavy_atoms": (_("atoms but hydrogen"), "0"),
            "ion_kind": (_("kind of ion, the usual one first"), "ion"),
        },
    ),
    "references": (
        _("How well the compound is known"),
        {
            "best_three": (_("mean of its three best references"), "2"),
            "mean_of_references": (_("mean of all its references"), "2"),
            "references_log": (_("references of it"), "e"),
            "laboratories": (_("laboratories that measured it"), "0"),
            "references_near": (_("references of it at a like energy, each by how near it is"), "1"),
            "references_alike": (_("share of its references that are like the spectrum as the best one is"), "%"),
            "likeness_spread": (_("standard deviation of the likeness of its references"), "2"),
            "likeness_second": (_("likeness of its second best reference"), "2"),
            "likeness_elsewhere": (_("likeness of the best reference of another laboratory"), "2"),
            "gap_elsewhere": (_("lead of the best reference over that of another laboratory"), "2"),
        },
    ),
    "mass": (_("Mass of the precursor"), {"precursor_error": (_("mass error, ppm"), "1")}),
    "energy": (
        _("Collision energy and fragmentation"),
        {
            "energy_difference_log": (_("collision energy of the reference against this one"), "x"),
            "likeness_at_energy": (_("likeness at nearby energies"), "2"),
            "degree_difference": (_("difference in how far it has fragmented"), "2"),
            "likeness_at_degree": (_("likeness to those fragmented as far"), "2"),
            "residual_difference": (_("difference in what is left of the precursor"), "%"),
        },
    ),
    "quality": (
        _("How much the spectrum can tell"),
        {
            "query_peaks": (_("peaks in the measured spectrum"), "0"),
            "query_entropy": (_("spectral entropy of it"), "2"),
            "query_residual": (_("precursor left in it"), "%"),
            "reference_residual": (_("precursor left in the reference"), "%"),
        },
    ),
    "beside": (
        _("Beside the fragments"),
        {
            "isotope_pattern": (_("fit of the isotope pattern, 0 to 1"), "2"),
            "retention_index_difference": (_("retention index less that of the reference"), "1"),
        },
    ),
}
"""Every piece of evidence by subject: its words and how its value is written."""
OTHER = _("Other evidence")
WAYS = {
    "rivals": _(
        "Tell it from its rivals: a second spectrum at another collision energy, or the retention time of a standard."
    ),
    "alike": _("Narrow the isolation window or separate better: foreign peaks lower the likeness."),
    "peaks": _("Take a stronger spectrum, with more sample or more scans, so that small fragments stand out."),
    "quality": _("Raise the collision energy: with few peaks, or much of the precursor left, a spectrum tells little."),
    "energy": _("Measure at the collision energy of the reference; likeness counts most at the same energy."),
    "mass": _("Calibrate the mass axis: a smaller mass error speaks for the right formula."),
    "references": _("Add a standard measured in your laboratory to the library; few references are less sure."),
}
STANDARD = _("A standard with the same spectrum and retention time on the same instrument makes it level 1.")


def why(candidate: Mapping[str, Json]) -> Why:
    """The evidence for a candidate of an answer; groups that hardly move anything stand last."""
    found = candidate.get("evidence") or {}
    groups = []
    known: set[str] = set()
    for key, (words, figures) in GROUPS.items():
        mine = [_figure(name, told, form, found[name]) for name, (told, form) in figures.items() if name in found]
        known |= figures.keys()
        if mine:
            groups.append(_group(key, words, mine))
    others = [_figure(name, name.replace("_", " "), "2", told) for name, told in found.items() if name not in known]
    if others:
        groups.append(_group("other", OTHER, others))
    groups.sort(key=lambda group: -abs(group.push))
    against = sorted((group for group in groups if group.push < -HARDLY), key=lambda group: group.push)
    ways = [WAYS[group.key] for group in against if group.key in WAYS][:MOST_WAYS]
    return Why(groups, [*ways, STANDARD] if groups else [])


def _group(key: str, words: Any, figures: list[Figure]) -> Group:
    figures.sort(key=lambda figure: -abs(figure.push))
    return Group(key, words, round(sum(figure.push for figure in figures), 3), figures)


def _figure(name: str, words: Any, form: str, told: Mapping[str, Json]) -> Figure:
    return Figure(name, words, written(told["value"], form), float(told["push"] or 0.0))


def written(value: float | None, form: str) -> str:
    """A value as people read it: decimals, per cent, a count kept as its logarithm, a ratio kept so.

    A `share` of figures whose peaks match within different widths is told within 0 and 100 %.

    >>> written(0.5, "%"), written(1.386, "e"), written(-1.5, "1"), written(0.6931, "x"), written(2.0, "ion")
    ('50 %', '4', '−1.5', '× 2.0', '[M+X]')
    >>> written(-1e-9, "%"), written(1.14, "share")
    ('0 %', '100 %')
    """
    if value is None:
        return ""
    if form == "share":
        return written(min(max(value, 0.0), 1.0), "%")
    if form == "%":
        return f"{round(100 * value) + 0:.0f} %".replace("-", "−")
    if form == "e":
        return f"{exp(value):.0f}"
    if form == "ion":
        return IONS[int(value)]
    if form == "x":
        return f"× {exp(abs(value)):.1f}"
    return f"{value:.{int(form)}f}".replace("-", "−")


def bar(push: float) -> tuple[float, float]:
    """Where a bar begins and how wide it is, on a scale from -100 to 100.

    >>> bar(1.0), bar(-4.0)
    ((0.0, 50.0), (-100.0, 100.0))
    """
    wide = min(100.0, abs(push) / FULL * 100)
    return (0.0 if push >= 0 else -wide), wide
