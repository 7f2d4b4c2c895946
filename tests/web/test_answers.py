"""The pages of answers: from the example to rows, plots, tables and reports."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from liqi.accounts.models import Person
from liqi.answers import answer, execution, storage
from liqi.answers.models import Run, StoredFile
from liqi.methods import find_method

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LANGUAGES = ("zh-hans", "zh-hant", "en")


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    return tmp_path


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("lin@example.org", "long-enough-word", name="Lin")


@pytest.fixture
def client(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def example(client: Client, method: str = "ms.identify") -> Run:
    started = client.post(f"/answers/example/{method}/")
    run = Run.objects.get(key=started["Location"].split("/")[2])
    execution.perform(key=run.key, clock=lambda: NOW)
    run.refresh_from_db()
    return run


def taken(response: Any) -> bytes:
    whole = b"".join(response.streaming_content)
    response.close()
    return whole


def test_a_visitor_tries_the_example_and_reads_its_answer() -> None:
    visitor = Client(headers={"Accept-Language": "en"})
    page = visitor.get("/answers/")
    assert b"Try the example" in page.content
    assert b'type="file"' not in page.content
    run = example(visitor)
    shown = visitor.get(f"/runs/{run.key}/").content.decode()
    assert run.sentence("en") in shown
    assert "composite" in shown


def test_a_run_shows_how_far_it_is_and_is_cancelled(client: Client) -> None:
    started = client.post("/answers/example/ms.identify/")
    address = started["Location"]
    run = Run.objects.get()
    assert b"Waiting for a worker" in client.get(address).content
    execution.claim(key=run.key, now=NOW)
    Run.objects.update(done=30, total=120, step="searching")
    part = client.get(f"{address}progress/").content.decode()
    assert 'max="120"' in part
    assert 'value="30"' in part
    assert 'hx-trigger="every 700ms"' in part
    client.post(f"{address}cancel/")
    part = client.get(f"{address}progress/").content.decode()
    assert "hx-trigger" not in part
    assert "Nothing was kept" in part


def test_progress_of_an_answered_run_loads_the_page_anew(client: Client) -> None:
    run = example(client)
    assert client.get(f"/runs/{run.key}/progress/")["HX-Refresh"] == "true"


def test_the_three_lists_hold_every_feature_once(client: Client) -> None:
    run = example(client)
    features = answer.read(run)["detail"]["features"]
    for verdict in ("identified", "isomers", "unknown"):
        count = sum(one["verdict"] == verdict for one in features)
        page = client.get(f"/runs/{run.key}/", {"list": verdict}).context["view"]
        assert dict(page.lists)[verdict] == count
        assert page.page.paginator.count == count


def test_a_row_has_its_address_its_plot_and_its_evidence(client: Client) -> None:
    run = example(client)
    facts = answer.read(run)
    number, row = next((i, row) for i, row in enumerate(facts["tables"][0]["rows"]) if i and row["compound"])
    shown = client.get(f"/runs/{run.key}/", {"row": str(number)}).context["view"].selected
    assert shown.row.cells["index"] == row["index"]
    assert shown.plot["data"]["feature"] == row["index"]
    assert shown.candidates[0]["accession"] == row["accession"]
    part = client.get(f"/runs/{run.key}/", {"row": str(number)}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert row["accession"] in part


def test_a_list_is_sorted_found_in_and_paged(client: Client) -> None:
    run = example(client)
    view = client.get(f"/runs/{run.key}/", {"list": "unknown", "sort": "-precursor_mz"}).context["view"]
    values = [row.cells["precursor_mz"] for row in view.page.object_list]
    assert values == sorted(values, reverse=True)
    assert len(values) <= 50
    name = answer.read(run)["tables"][0]["rows"][0]["compound"]
    view = client.get(f"/runs/{run.key}/", {"find": name.upper()}).context["view"]
    assert [row.cells["compound"] for row in view.page.object_list] == [name]
    assert client.get(f"/runs/{run.key}/", {"row": "999999", "page": "x", "sort": "nonsense"}).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(client: Client, person: Person, language: str) -> None:
    person.language = language
    person.save()
    run = example(client)
    for address in ("/answers/", "/answers/new/", f"/runs/{run.key}/", f"/runs/{run.key}/?list=unknown"):
        page = client.get(address)
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()
    assert run.sentence(language) in client.get(f"/runs/{run.key}/").content.decode()


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_report_is_made_once_in_every_language(client: Client, language: str) -> None:
    run = example(client)
    pdf = taken(client.get(f"/runs/{run.key}/report-{language}.pdf"))
    assert len(PdfReader(io.BytesIO(pdf)).pages) >= 1
    page = client.get(f"/runs/{run.key}/report-{language}.html")
    assert run.sentence(language).encode() in taken(page)
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    made = {path.stat().st_mtime_ns for path in (storage.folder() / "reports").rglob("*.pdf")}
    client.get(f"/runs/{run.key}/report-{language}.pdf").close()
    assert {path.stat().st_mtime_ns for path in (storage.folder() / "reports").rglob("*.pdf")} == made
    assert client.get(f"/runs/{run.key}/report-fr.pdf").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_an_answer_leads_somewhere(client: Client, person: Person, language: str) -> None:
    person.language = language
    person.save()
    run = example(client)
    page = client.get(f"/runs/{run.key}/").content.decode()
    links = set(re.findall(rf'href="(/runs/{run.key}/[^"#?]+)', page))
    assert len(links) > 12
    tags = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
    assert f'class="btn btn-primary" href="/runs/{run.key}/report-{tags[language]}.pdf"' in page
    for link in sorted(links):
        answer = client.get(link)
        answer.close()
        assert answer.status_code == 200, link


def test_a_candidate_without_a_matched_peak_is_said_to_stand_by_mass_alone(client: Client) -> None:
    run = example(client)
    facts = json.loads(client.get(f"/runs/{run.key}/answer.json").content)
    rows = facts["tables"][0]["rows"]
    alone = [place for place, row in enumerate(rows) if row["matched_peaks"] == 0]
    assert alone
    assert all(rows[place]["confidence"] > 0 for place in alone), "the number stays for programs"
    fragments = [place for place, row in enumerate(rows) if row["matched_peaks"] and row["level"] == "5"]
    assert max(fragments) < min(alone)
    listed = client.get(f"/runs/{run.key}/?list=unknown&row={alone[0]}").content.decode()
    panel = listed[listed.index('id="panel"') :]
    assert "by mass alone" in panel
    assert "no peak of the spectrum matches" in panel
    named = client.get(f"/runs/{run.key}/?row=0").content.decode()
    assert "by mass alone" not in named
    assert "<meter" in named


def test_on_a_phone_every_number_of_the_list_has_its_unit(client: Client) -> None:
    page = client.get(f"/runs/{example(client).key}/").content.decode()
    for words in ("(s)", "(ppm)"):
        assert re.search(rf'data-label="[^"]+ {re.escape(words)}"', page)


def test_tables_plots_and_the_whole_answer_can_be_taken_away(client: Client) -> None:
    run = example(client)
    facts = json.loads(client.get(f"/runs/{run.key}/answer.json").content)
    table = client.get(f"/runs/{run.key}/tables/features.csv").content.decode("utf-8-sig")
    assert len(table.splitlines()) == len(facts["tables"][0]["rows"]) + 1
    plot = next(plot for plot in facts["plots"] if plot["kind"] == "mirror")
    rows = client.get(f"/runs/{run.key}/plots/{plot['name']}.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(plot["data"]["upper"]["mz"]) + len(plot["data"]["lower"]["mz"])
    assert client.get(f"/runs/{run.key}/tables/nothing.csv").status_code == 404


def test_a_file_without_scripts_leads_to_methods_and_settings(client: Client) -> None:
    sent = io.BytesIO(b"BEGIN IONS\nPEPMASS=195.0877\nCHARGE=1+\n138.066 100\nEND IONS\n")
    sent.name = "tea.mgf"
    page = client.get(client.post("/answers/new/", {"files": sent})["Location"])
    file = StoredFile.objects.get()
    assert page.context["chosen"].id == "ms.identify"
    assert file.sha256[:12] in page.content.decode()
    wrong = client.post("/answers/new/", {"file": file.key, "method": "ms.identify", "p-top": "none"})
    assert wrong.status_code == 422
    assert "expected a whole number" in wrong.content.decode()
    assert 'value="none"' in wrong.content.decode()
    started = client.post("/answers/new/", {"file": file.key, "method": "ms.identify", "p-top": "3"})
    run = Run.objects.get(key=started["Location"].split("/")[2])
    assert run.parameters["top"] == 3


def test_a_list_of_suspects_is_chosen_among_ones_tables(client: Client) -> None:
    for name, content in {"ours.csv": b"name,formula\nx,C2H6O\n", "tea.msp": b"Name: x\nNum Peaks: 1\n1 1\n"}.items():
        sent = io.BytesIO(content)
        sent.name = name
        client.post("/answers/new/", {"files": sent})
    page = client.get("/answers/new/settings/", {"method": "ms.screen"})
    fields = {field["parameter"].name: field for field in page.context["fields"]}
    assert [file.name for file in fields["suspects"]["files"]] == ["ours.csv"]
    assert [file.name for file in fields["library"]["files"]] == ["tea.msp"]
    assert "Upload the file first (table)." in page.content.decode()
    execution_of = example(client, "ms.screen")
    assert execution_of.state == "done", execution_of.message


def test_references_and_decoys_are_chosen_together(client: Client, person: Person) -> None:
    powder = Path(find_method("ms.mixture").example[0]).parent
    kept = {}
    for path in [*sorted(powder.glob("mixture1_*V.csv")), powder / "library_dart.msp"]:
        with path.open("rb") as stream:
            kept[path.name] = storage.keep(stream, name=path.name, person=person, now=NOW).key
    decoy = io.BytesIO(b"Name: no drug\nPrecursorMZ: 323.2118\nPrecursor_type: [M+H]+\nNum Peaks: 1\n100.1 1\n")
    kept["decoys.msp"] = storage.keep(decoy, name="decoys.msp", person=person, now=NOW).key
    libraries = [kept["library_dart.msp"], kept["decoys.msp"]]
    given = {"file": [kept[f"mixture1_{v}V.csv"] for v in (30, 60, 90)], "method": "ms.mixture", "p-library": libraries}
    run = Run.objects.get(key=client.post("/answers/new/", given)["Location"].split("/")[2])
    execution.perform(key=run.key, clock=lambda: NOW)
    run.refresh_from_db()
    assert run.state == "done", run.message
    facts = answer.read(run)
    assert facts["parameters"]["library"] == ["library_dart.msp", "decoys.msp"]
    assert {finding["name"] for finding in facts["findings"]} == {"acetyl fentanyl", "benzyl fentanyl"}
    page = client.get(f"/runs/{run.key}/")
    again = client.get(page.context["again"])
    assert [field["chosen"] for field in again.context["fields"] if field["parameter"].name == "library"] == [libraries]
    stranger = client.post("/answers/new/", {**given, "p-library": [libraries[0], "nobody"]})
    assert stranger.status_code == 422


def test_a_failed_run_says_why_and_can_be_set_up_again(client: Client) -> None:
    sent = io.BytesIO(b"no spectrum at all")
    sent.name = "notes.txt"
    client.post("/answers/new/", {"files": sent})
    file = StoredFile.objects.get()
    address = client.post("/answers/new/", {"file": file.key, "method": "ms.identify"})["Location"]
    run = Run.objects.get()
    execution.perform(key=run.key, clock=lambda: NOW)
    page = client.get(address)
    assert "notes.txt: found a file that begins" in page.content.decode()
    assert client.get(page.context["again"]).status_code == 200


def test_nobody_sees_anothers_run_or_file(client: Client) -> None:
    sent = io.BytesIO(b"BEGIN IONS\nEND IONS\n")
    sent.name = "secret.mgf"
    client.post("/answers/new/", {"files": sent})
    file = StoredFile.objects.get()
    key = client.post("/answers/new/", {"file": file.key, "method": "ms.identify"})["Location"].split("/")[2]
    stranger = Client()
    stranger.force_login(Person.objects.create_user("mo@example.org", "long-enough-word", name="Mo"))
    for one in (stranger, Client()):
        for address in (
            f"/runs/{key}/",
            f"/runs/{key}/progress/",
            f"/runs/{key}/answer.json",
            f"/answers/files/{file.key}/",
        ):
            assert one.get(address).status_code == 404
        assert one.post(f"/runs/{key}/cancel/").status_code == 404
    mine = client.get(f"/answers/files/{file.key}/")
    assert mine["Content-Disposition"] == 'attachment; filename="secret.mgf"'
    assert taken(mine) == b"BEGIN IONS\nEND IONS\n"


def test_pages_cost_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    run = example(client)
    for _ in range(3):
        example(client)
    with django_assert_max_num_queries(9):
        client.get("/answers/")
    with django_assert_max_num_queries(12):  # the run, its files, its release, what people said, what to compare with
        client.get(f"/runs/{run.key}/")


def test_every_method_has_an_answer_page(client: Client) -> None:
    for method in ("ms.identify", "ms.mixture"):
        run = example(client, method)
        assert run.state == "done", run.message
        shown = client.get(f"/runs/{run.key}/")
        assert shown.status_code == 200
        assert run.sentence("en") in shown.content.decode()
