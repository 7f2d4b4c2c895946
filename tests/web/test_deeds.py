"""The journal has words for all that is done: a verb that is written somewhere is read everywhere."""

import re
from pathlib import Path

from django.utils import translation

import liqi
from liqi.accounts.models import JournalEntry
from liqi.web import deed_words, deeds

WRITTEN = re.compile(r'journal\.write\((?:[^()]|\([^()]*\))*?verb="([^"]+)"')


def test_every_verb_that_the_source_writes_has_words() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(liqi.__file__).parent.rglob("*.py")]
    written = {verb for source in sources for verb in WRITTEN.findall(source)}
    assert len(written) > 80
    assert sorted(written - deed_words.DEEDS.keys()) == []


def test_every_cause_of_a_changed_record_has_words() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(liqi.__file__).parent.rglob("*.py")]
    causes = {cause for source in sources for cause in re.findall(r'[( ]cause="([^"]+)"', source)}
    assert causes
    assert sorted(causes - deed_words.DEEDS.keys()) == []


def test_facts_are_named_and_states_of_orders_said_in_the_language_of_the_page() -> None:
    facts = {"before": "submitted", "after": "quoted", "gross": "508.80", "outside": True, "waived": [], "own_name": 3}
    line = JournalEntry(verb="quoted", thing="access.order", thing_id="7", facts=facts)
    with translation.override("zh-hans"):
        (deed,) = deeds.read([line])
    assert deed.facts == [
        ("之前", "已提交"),
        ("之后", "已报价"),
        ("含税合计", "508.80"),
        ("对外", "是"),
        ("own name", "3"),
    ]


def test_a_state_of_something_else_is_shown_as_it_is_kept() -> None:
    line = JournalEntry(verb="changed", thing="catalogue.instrument", thing_id="7", facts={"before": "submitted"})
    with translation.override("zh-hant"):
        (deed,) = deeds.read([line])
    assert deed.facts == [("之前", "submitted")]


def test_steps_of_a_project_are_said_in_words_and_a_hash_is_cut_short() -> None:
    left = JournalEntry(verb="moved", thing="observatory.project", thing_id="7", facts={"exit": "moved_away"})
    signed = JournalEntry(verb="moved", thing="observatory.project", thing_id="7", facts={"state": "signed"})
    answered = JournalEntry(verb="answered", thing="answers.run", thing_id="3", facts={"answer": "0a" * 32})
    with translation.override("zh-hans"):
        told = [deed.facts for deed in deeds.read([left, signed, answered])]
    assert [words for ((_, words),) in told[:2]] == ["迁出", "已签约"]
    assert told[2] == [("结果 SHA-256", "0a0a0a0a0a0a…")]
