"""What who works with answers every day sees first: their runs, compared numbers rounded, names kept as they are."""

import pytest
from django.utils import translation

from liqi.answers.comparison import Line
from liqi.observatory.models import Firm
from liqi.web import board_cells
from liqi.web.templatetags import answers, findings
from tests.web.world import signed_in, world

FORMULA = {"name": "formula"}


def test_counts_of_a_formula_stand_low_and_those_in_the_logic_of_a_gate_do_not() -> None:
    assert answers.cell({"formula": "C8H10N4O2"}, FORMULA) == ("C<sub>8</sub>H<sub>10</sub>N<sub>4</sub>O<sub>2</sub>")
    assert answers.cell({"formula": "Rectangle2 OR NOT FL2N-FL4N"}, FORMULA) == "Rectangle2 OR NOT FL2N-FL4N"


def test_a_requirement_is_written_with_the_sign_that_people_write() -> None:
    assert answers.cell({"expected": ">= 0.8"}, {"name": "expected"}) == "≥ 0.8"
    assert answers.cell({"expected": "<= 8°"}, {"name": "expected"}) == "≤ 8°"


def test_a_change_is_rounded_by_the_uncertainty_of_both() -> None:
    line = Line("2.100 min", "a.u.·s", 2337.88412, 1151.49217, (3.1, 2.3))
    assert [findings.side(line, 0), findings.side(line, 1)] == ["2337.9 ± 3.1", "1151.5 ± 2.3"]
    assert findings.changed(line) == "−1186.4"
    assert findings.changed_by(line) == "−307.4"
    back = Line("2.100 min", "a.u.·s", 1151.49217, 2337.88412, (2.3, 3.1))
    assert findings.changed(back) == "+1186.4"


def test_what_one_answer_lacks_is_a_dash() -> None:
    line = Line("2.100 min", "a.u.·s", None, 2.0, (None, 0.1))
    assert [findings.side(line, 0), findings.changed(line), findings.changed_by(line)] == ["–", "–", "–"]


def test_the_country_of_a_firm_is_told_by_its_name() -> None:
    with translation.override("zh-hant"):
        assert board_cells.cell(Firm(name="Metrohm", country="CH"), "country").text == "瑞士"


@pytest.mark.django_db
def test_who_has_runs_finds_them_above_the_methods_unless_one_looks_for_a_method() -> None:
    client = signed_in(world().place)
    page = client.get("/answers/").content.decode()
    assert page.index('id="mine"') < page.index('id="what"')
    looking = client.get("/answers/?find=peak").content.decode()
    assert looking.index('id="what"') < looking.index('id="mine"')
