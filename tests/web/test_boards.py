"""The pages of the boards: lists, records, tables, undo, and the questions they answer, in three languages."""

import csv
import io
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liqi.accounts.models import Person
from liqi.observatory import benchmarks, boards, example
from liqi.observatory.models import DemandLine, Firm, Intake, Need, Park, Project, Scenario, Target, Trial
from tests.web.again import again

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PASSWORD = "gong-yu-shan-qi-shi"
PAGES = ("boards", "pipeline", "screening", "pairs", "champions", "radar", "market", "benchmarks")


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Any) -> None:
    settings.LIQI_DATA = tmp_path


@pytest.fixture
def operator() -> Person:
    return Person.objects.create_user("operator@example.org", PASSWORD, name="Operator", is_operator=True)


@pytest.fixture
def member() -> Person:
    return Person.objects.create_user("member@example.org", PASSWORD, name="Member")


@pytest.fixture
def loaded(operator: Person) -> int:
    return again("observatory", lambda: example.load(now=NOW), beside={"accounts_person"})


def client(person: Person | None = None, language: str = "en") -> Client:
    made = Client()
    if person:
        made.force_login(person)
    made.cookies["django_language"] = language
    return made


def page(address: str, person: Person | None = None, language: str = "en", status: int = 200) -> str:
    answer = client(person, language).get(address)
    assert answer.status_code == status, address
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_board_record_and_question_answers_in_every_language(loaded: int, language: str) -> None:
    for name in PAGES:
        assert f'<html lang="{language}"' in page(reverse(name), language=language)
    for name, board in boards.BOARDS.items():
        page(reverse("board", args=[name]), language=language)
        if one := boards.read(board).first():
            page(reverse("board_record", args=[name, one.pk]), language=language)
    for park in Park.objects.all():
        page(reverse("park", args=[park.pk]), language=language)


@pytest.mark.parametrize("name", [*PAGES, *(f"board:{name}" for name in boards.BOARDS)])
def test_an_empty_observatory_teaches_instead_of_breaking(name: str) -> None:
    board = name.removeprefix("board:")
    address = reverse("board", args=[board]) if name != board else reverse(name)
    assert "500" not in page(address)[:200]


@pytest.mark.parametrize("name", [*(f"board:{name}" for name in boards.BOARDS), *PAGES[1:7]])
def test_every_list_is_given_as_a_file(loaded: int, name: str) -> None:
    board = name.removeprefix("board:")
    address = reverse("board", args=[board]) if name != board else reverse(name)
    text = page(f"{address}?format=csv")
    assert len(text.splitlines()) >= 1
    assert "," in text.splitlines()[0]


def test_the_cards_of_named_clusters_are_given_as_a_file_with_their_sources() -> None:
    rows = list(csv.DictReader(io.StringIO(page(reverse("benchmarks") + "?format=csv").removeprefix("\ufeff"))))
    cards = benchmarks.cards()
    assert len(rows) == sum(len(one.facts) + len(one.works) for one in cards)
    assert {row["cluster"] for row in rows} == {one.key for one in cards if one.facts or one.works}
    assert all(row["source"] and row["year"] for row in rows)
    assert {row["state"] for row in rows if row["kind"] == "facility"} <= {"built", "building", "planned"}


def test_the_figure_of_overdue_lines_opens_just_them(loaded: int) -> None:
    today = timezone.now().date()
    overdue = DemandLine.objects.there().filter(due_on__lt=today)
    address = f"{reverse('board', args=['demand'])}?due_before={today}"
    assert f"?due_before={today}" in page(reverse("board", args=["demand"]))
    rows = list(csv.DictReader(io.StringIO(page(address + "&format=csv").removeprefix("\ufeff"))))
    assert {row["code"] for row in rows} == set(overdue.values_list("code", flat=True)) != set()
    assert all(row["due_on"] < str(today) for row in rows)
    assert "0 records" in page(reverse("board", args=["demand"]) + "?due_before=2026-99-99")


def test_row_003_01_one_page_shows_alliance_fund_projects_and_milestones(loaded: int) -> None:
    text = page(reverse("park", args=[Park.objects.get(place="青岛").pk]))
    for words in ("The alliance by function", "科学仪器产业基金", "Milestones", "after 258 days", "Projects"):
        assert words in text


def test_row_000_22_the_finder_shows_the_three_and_leaves_the_giant_out(loaded: int) -> None:
    text = page(reverse("champions") + "?result=found")
    assert all(name in text for name in ("Elementar", "Metrohm", "JULABO"))
    assert "Thermo Fisher" not in text


def test_row_000_18_and_003_02_the_cards_open_with_the_published_numbers() -> None:
    rows = page(reverse("market") + "?format=csv")
    assert "market,share,0.27016" in rows
    assert "market,later,716.487" in rows
    assert "trade,deficit,257.6" in rows
    assert "trade,competitiveness,-0.15006" in rows
    assert "throughput,days,375.0" in rows
    typed = page(
        reverse("market") + "?format=csv&market_growth=0.075&throughput_work=3 000 000 000&throughput_uptime=50 %25"
    )
    assert "market,later,716.487" in typed
    assert "throughput,days,750.0" in typed


@pytest.mark.parametrize(
    "query",
    [
        "?market_part=x",
        "?trade_exports=729.5%25",
        "?trade_exports=1e400",
        "?throughput_uptime=0",
        "?room_smallest=0",
        "?market_growth=1e17&market_years=1e9",
    ],
)
def test_a_card_with_a_number_that_cannot_be_says_so(query: str) -> None:
    assert "expected" in page(reverse("market") + query, status=422)


def test_a_record_is_added_changed_withdrawn_and_each_step_undone(operator: Person) -> None:
    signed = client(operator)
    made = signed.post(reverse("board", args=["firms"]), {"name": "盛瀚", "founded": "2002"})
    firm = Firm.objects.get()
    address = reverse("board_record", args=["firms", firm.pk])
    assert made["Location"] == address
    signed.post(address, {"do": "change", "name": "盛瀚色谱", "founded": "2002"})
    undo = reverse("board_undo", args=["firms", firm.pk])
    assert signed.post(undo)["Location"] == address
    assert Firm.objects.get().name == "盛瀚"
    signed.post(address, {"do": "withdraw"})
    assert client().get(address).status_code == 404
    assert signed.get(address).status_code == 200
    signed.post(undo)
    assert client().get(address).status_code == 200


def test_what_is_typed_wrong_is_told_and_not_lost(operator: Person) -> None:
    answer = client(operator).post(reverse("board", args=["firms"]), {"name": "盛瀚", "founded": "long ago"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "found “long ago”, expected a whole number" in text
    assert 'value="盛瀚"' in text
    assert not Firm.objects.exists()


def test_who_may_not_is_told_who_may(member: Person) -> None:
    answer = client(member).post(reverse("board", args=["firms"]), {"name": "x"})
    assert answer.status_code == 403
    assert "operators of the platform" in answer.content.decode()
    assert client().post(reverse("board", args=["firms"]), {"name": "x"})["Location"].startswith("/accounts/login/")


def test_a_table_is_taken_in_and_taken_back(operator: Person) -> None:
    signed, address = client(operator), reverse("board", args=["demand"])
    table = BytesIO("programme,code,item,quantity\n光源,1,泵,3\n".encode())
    table.name = "lines.csv"
    assert signed.post(address, {"file": table}).status_code == 302
    assert "lines.csv" in signed.get(address).content.decode()
    signed.post(reverse("board_table_undo", args=["demand", Intake.objects.get().pk]))
    assert not DemandLine.objects.there().exists()
    broken = BytesIO("programme,code,item,quantity\n光源,1,泵,none\n".encode())
    broken.name = "lines.csv"
    answer = signed.post(address, {"file": broken})
    assert answer.status_code == 422
    assert "Row 2" in answer.content.decode()
    nothing = BytesIO(b"\x00\x01\xff")
    nothing.name = "lines.csv"
    assert signed.post(address, {"file": nothing}).status_code == 422


def test_row_004_09_a_draft_is_seen_by_who_wrote_it_and_published_when_whole(member: Person) -> None:
    signed = client(member)
    signed.post(reverse("board", args=["scenarios"]), {"title": "港口", "owner": "港", "science": "校"})
    one = Scenario.objects.get()
    address = reverse("board_record", args=["scenarios", one.pk])
    assert client().get(address).status_code == 404
    assert "not publishable" in signed.get(address).content.decode()
    assert signed.post(address, {"do": "publish"}).status_code == 422
    signed.post(address, {"do": "change", "operator": "公司"})
    assert signed.post(address, {"do": "publish"}).status_code == 302
    assert client().get(address).status_code == 200


def test_every_button_of_a_record_does_its_deed(loaded: int, operator: Person) -> None:
    signed = client(operator)

    def post(name: str, pk: int, status: int = 302, **given: str) -> str:
        answer = signed.post(reverse("board_record", args=[name, pk]), given)
        assert answer.status_code == status, (name, given, answer.content.decode()[-3000:])
        return "" if status == 302 else answer.content.decode()

    project = Project.objects.create(
        name="新项目", level=4, begun_on=NOW.date().replace(year=2024), created_at=NOW, updated_at=NOW
    )
    post("projects", project.pk, do="move", level="7", state="signed", on="2025-01-01")
    post("projects", project.pk, 422, do="move", level="12", state="signed", on="2025-01-01")
    post("projects", project.pk, 422, do="move", level="7", state="signed", on="yesterday")
    post("projects", project.pk, do="move-back")
    post("projects", project.pk, do="judge", judge="李", score="81.5")
    post("projects", project.pk, 422, do="judge", judge="李", score="NaN")
    post("projects", project.pk, do="exclude", other=Project.objects.exclude(pk=project.pk).first().name)
    post("projects", project.pk, 422, do="dance")
    need = Need.objects.filter(wishes__rank_by_need=1).first()
    post("needs", need.pk, do="wish", firm="蔡司", rank_by_need="9", rank_by_firm="1")
    post("needs", need.pk, 422, do="wish", firm="蔡司", rank_by_need="1")
    post("needs", need.pk, 422, do="wish", firm="nobody", rank_by_need="1")
    trial = Trial.objects.get()
    post("trials", trial.pk, do="step-back")
    post("trials", trial.pk, do="step", kind="again", on=NOW.date().isoformat(), passed="yes")
    target = Target.objects.get(name="院所")
    post("targets", target.pk, do="read", on="2022-01-01", amount="40")
    assert "40.0" in page(reverse("board_record", args=["targets", target.pk]))
    post("targets", target.pk, 422, do="read", on="2022-01-01", amount="1e99")
    post("targets", target.pk, do="unread", reading=str(target.readings.get(on="2022-01-01").pk))
    scenario = Scenario.objects.exclude(published_at=None).order_by("pk")[0]
    post("scenarios", scenario.pk, do="unpublish")


@pytest.mark.parametrize(
    "query",
    [
        "?sort=nothing",
        "?sort=-level&q=质谱&state=signed&exit=dropped",
        "?park=nobody",
        "?page=99",
        "?q=%00",
        "?q=" + "x" * 500,
    ],
)
def test_an_address_with_anything_in_it_is_answered(loaded: int, query: str) -> None:
    page(reverse("board", args=["projects"]) + query)
    page(reverse("board", args=["demand"]) + query)


def test_addresses_that_lead_nowhere_are_404(loaded: int) -> None:
    page("/observatory/boards/moon/", status=404)
    page("/observatory/boards/firms/999999/", status=404)
    page("/observatory/parks/999999/", status=404)


@pytest.mark.parametrize("budget", ["0", "1e9", "abc", "-5", "9" * 40, "NaN"])
def test_a_screening_takes_any_budget(loaded: int, budget: str) -> None:
    answer = client().get(reverse("screening"), {"budget": budget, "focus": "分析仪器；海洋仪器", "park": "x"})
    assert answer.status_code == (200 if budget in ("0", "1e9") else 422)
