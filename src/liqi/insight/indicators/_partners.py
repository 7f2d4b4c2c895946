"""Indicators of those who work along the chain: partners, talent, leaders, peers, and what helps at which stage."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from liqi.insight import chain, dependence, leaders, peers, readiness
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, number_of, plain_figure, require, words
from liqi.insight.origin import UnusableTable, truth


def _consortium(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a member of the smallest set that covers the stages (or the things in a column `offers`)."""
    column = next((name for name in ("offers", "stage", "covers") if name in frame.columns), "stage")
    require(frame, [column])
    names = dependence.ids(frame).to_list() if "name" not in frame.columns else frame["name"].cast(pl.String).to_list()
    if len(set(names)) < len(names):
        raise UnusableTable("found a candidate twice; expected each name or id once; merge the rows.")
    offers = {str(name): words(text or "") for name, text in zip(names, frame[column].cast(pl.String), strict=True)}
    weight = question.weight or next((c for c in ("km", "cost") if c in frame.columns), None)
    costs = {}
    if weight:
        known = zip(offers, dependence.number(frame, weight), strict=True)
        costs = {name: cost for name, cost in known if cost is not None}
    wanted = question.settings.get("wanted")
    asked = [part.strip() for part in wanted.split(";")] if wanted else _wanted(offers, column)
    try:
        found = chain.cover(asked, offers, costs)
    except chain.TooMuchWanted as problem:
        raise UnusableTable(str(problem)) from None
    note = f"nobody offers: {', '.join(found.uncovered)}" if found.uncovered else ""
    figures = [
        replace(
            plain_figure("consortium", float(len(found.brings[name])), "things", 1, _COVER, {"member": name}, note),
            counts={
                "cost": costs.get(name, 0.0),
                "members": float(len(found.members)),
                "could_stand_in": float(len(found.instead[name])),
            },
        )
        for name in found.members
    ]
    return figures or [plain_figure("consortium", None, "things", frame.height, _COVER, {}, note or NONE_RECORDED)]


def _wanted(offers: Mapping[str, frozenset[str]], column: str) -> list[str]:
    return list(chain.STAGES) if column == "stage" else sorted(set().union(*offers.values()))


def _talent(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a cell of talent by stage; a cell that its stage lives by and nobody fills is a gap."""
    require(frame, ["talent", "stage"])
    column = question.weight or ("people" if "people" in frame.columns else None)
    n = dependence.number(frame, column).fill_null(0.0) if column else pl.repeat(1.0, frame.height, eager=True)
    if below := [one for one in n if one < 0]:
        raise UnusableTable(f"found {below[0]:g} people; expected numbers from 0 up; correct the cell.")
    said = ([(t or "").strip() for t in frame[name].cast(pl.String)] for name in ("talent", "stage"))
    found = chain.talent(zip(*said, n.to_list(), strict=True))
    return [found.covered, *found.cells.values()]


def _centrality(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a member of the network, the most joined first; columns from and to."""
    require(frame, ["from", "to"])
    pairs = [
        (a.strip(), b.strip()) for a, b in frame.select(pl.col("from", "to").cast(pl.String)).iter_rows() if a and b
    ]
    found = leaders.leaders(pair for pair in pairs if all(pair))
    figures = [
        plain_figure("degree_centrality", one.centrality, "share", one.degree, _DEGREE, {"name": one.name}, "",
                {"degree": float(one.degree)})
        for one in found
    ]  # fmt: skip
    return figures or [
        plain_figure("degree_centrality", None, "share", 0, _DEGREE, {}, NOT_KNOWN if frame.height else NONE_RECORDED)
    ]


def _peers(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a peer of the place named by --set of=NAME, the most alike first."""
    key = next((name for name in ("city", "place", "region", "name") if name in frame.columns), "city")
    require(frame, [key])
    of = question.settings.get("of")
    if not of:
        raise UnusableTable(f"found no --set of=NAME; expected the {key} whose peers are sought; name it.")
    k = number_of(question, "k")
    found = peers.nearest(frame, of, key=key, k=5 if k is None else int(k))
    figures = [
        plain_figure("peer_distance", one.distance, "standard deviations", 1, _PEER, {key: one.name},
                f"differs most in {one.differs_in}", {"shared": float(one.shared)})
        for one in found
    ]  # fmt: skip
    return figures or [
        plain_figure("peer_distance", None, "standard deviations", frame.height, _PEER, {}, NONE_RECORDED)
    ]


def _readiness(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Of `element` and `there` (yes, no or blank): the share of the five elements, then of the four chains."""
    require(frame, ["element", "there"])
    said = {
        (name or "").strip(): value
        for name, value in zip(frame["element"].cast(pl.String), truth(frame["there"]), strict=True)
    }
    both = {"elements": readiness.ELEMENTS, "chains": readiness.CHAINS}
    figures = []
    for group, of in both.items():
        found = readiness.sheet({name: value for name, value in said.items() if name in of}, of)
        note = f"missing: {', '.join(found.missing)}" if found.missing else found.figure.note
        if any(name in of for name in said) or group == "elements":
            figures.append(replace(found.figure, group={"of": group}, note=note))
    return figures


def _advice(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a project: its readiness; the note names the kind of facility that helps at that stage."""
    column = next((name for name in ("readiness", "trl", "TRL") if name in frame.columns), "readiness")
    require(frame, [column])
    figures = []
    for name, level in zip(dependence.ids(frame), dependence.number(frame, column), strict=True):
        if level is None:
            figures.append(plain_figure("stage_advice", None, "level", 1, _ADVICE, {"id": name}, NOT_KNOWN))
            continue
        try:
            found = chain.advise(level)
        except chain.NoSuchReadiness as problem:
            raise UnusableTable(f"row {name}: {problem}") from None
        group = {"id": name, "stage": found.stage, "state": found.state, "help": found.help, "kind": found.kinds[0]}
        figures.append(plain_figure("stage_advice", level, "level", 1, _ADVICE, group, ""))
    return figures or [plain_figure("stage_advice", None, "level", 0, _ADVICE, {}, NONE_RECORDED)]


_COVER = "fewest candidates whose offers together are all that is wanted, then the smallest sum of costs"
_DEGREE = "others that it is joined to / (n - 1)"
_PEER = "root mean square of the differences, each in standard deviations of its column"
_ADVICE = "readiness 1 to 2 laboratory, 3 to 4 proof of concept, 5 to 8 pilot base, 9 industrial park"

INDICATORS = {
    "consortium": Indicator(
        "things", _COVER, _consortium, {"wanted": "what is wanted, with ; between; else all stages"}
    ),
    "talent_coverage": Indicator(
        "share", "cells that their stage lives by and somebody fills / all cells that a stage lives by", _talent
    ),
    "degree_centrality": Indicator("share", _DEGREE, _centrality),
    "peer_distance": Indicator(
        "standard deviations",
        _PEER,
        _peers,
        {"of": "the place whose peers are sought", "k": "how many peers; 5"},
    ),
    "readiness": Indicator("share", "elements that are there / 5 elements", _readiness),
    "stage_advice": Indicator("level", _ADVICE, _advice),
}
