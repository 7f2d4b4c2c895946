"""Pairing: the published case of the residents' match, and stability of random ones."""

import random

import pytest

from liqi.planning import pairing

RESIDENTS = {"A": ["C"], "S": ["C", "M"], "D": ["C", "M", "G"], "L": ["M", "C", "G"], "J": ["C", "G", "M"]}
HOSPITALS = {"M": ["D", "L", "S", "J"], "C": ["D", "A", "S", "L", "J"], "G": ["D", "A", "J", "L"]}


def test_row_000_05_the_case_of_the_residents_match():
    found = pairing.pair(RESIDENTS, HOSPITALS, {"M": 2, "C": 2, "G": 2})
    assert {host: set(taken) for host, taken in found.hosts.items()} == {"M": {"L", "S"}, "C": {"D", "A"}, "G": {"J"}}
    assert found.unpaired == ()
    assert found.host_of("J") == "G"


def test_row_004_17_random_pairings_are_stable_and_best_for_those_who_ask():
    chance = random.Random(3)
    for _case in range(30):
        askers = {f"a{n}": chance.sample([f"h{m}" for m in range(4)], chance.randint(0, 4)) for n in range(6)}
        hosts = {f"h{m}": chance.sample(list(askers), chance.randint(0, 6)) for m in range(4)}
        places = {host: chance.randint(0, 2) for host in hosts}
        found = pairing.pair(askers, hosts, places)
        assert pairing.blocking(found, askers, hosts, places) == []
        assert all(len(taken) <= places[host] for host, taken in found.hosts.items())
        turned = pairing.pair(dict(reversed(askers.items())), hosts, places)
        assert {h: set(t) for h, t in turned.hosts.items()} == {h: set(t) for h, t in found.hosts.items()}


def test_an_unstable_pairing_is_recognised():
    wrong = pairing.Pairing({"h": ("second",)}, ("first",))
    assert pairing.blocking(wrong, {"first": ["h"], "second": ["h"]}, {"h": ["first", "second"]}) == [("first", "h")]


@pytest.mark.parametrize(
    ("askers", "hosts", "places", "says"),
    [({"a": ["h"]}, {}, {}, "found the wish 'h'"), ({"a": ["h", "h"]}, {"h": []}, {}, "wish twice"),
     ({"a": []}, {"h": []}, {"h": -1}, "found -1 places")],
)  # fmt: skip
def test_wishes_that_do_not_fit_together_are_refused(askers, hosts, places, says):
    with pytest.raises(pairing.UnusableWishes, match=says):
        pairing.pair(askers, hosts, places)
