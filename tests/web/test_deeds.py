"""The journal has words for all that is done: a verb that is written somewhere is read everywhere."""

import re
from pathlib import Path

import liqi
from liqi.web import deed_words

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
