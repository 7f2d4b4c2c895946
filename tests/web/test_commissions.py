"""An order of a service from its form to the released report, through the pages that people use."""

from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.test import Client

from liqi.access.commissions import forms, progress, quoting
from liqi.access.models import Commission, Custody, Order, Quote, Sample, ServiceForm, Steward, StoragePlace
from liqi.accounts.models import Person
from liqi.catalogue.models import Service
from tests.web.access import PASSWORD
from tests.web.world import World, signed_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Any, tmp_path: Any) -> World:
    settings.LIQI_DATA = tmp_path
    return world()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def reviewer(here: World) -> Person:
    person = Person.objects.create_user("review@example.org", PASSWORD, name="Review", language="en")
    Steward.objects.create(person=person, facility=here.place.facility)
    return person


def test_an_order_goes_from_the_form_to_the_released_report(here: World) -> None:
    customer, keeper = browser(here.place.member), browser(here.place.manager)
    made = customer.post(
        "/services/unknowns/order/", {"need": "What is in it?", "a-solvent": "water", "fate": "return"}
    )
    order = Order.objects.get(need="What is in it?")
    assert made["Location"] == f"/orders/{order.key}/samples/"
    assert order.commission.answers == {"solvent": "water"}
    for name in ("S1", "S2"):
        customer.post(f"/orders/{order.key}/samples/", {"name": name, "quantity": "5", "unit": "mg"})
    twice = customer.post(f"/orders/{order.key}/samples/", {"name": "S1"})
    assert (twice.status_code, "stands twice" in twice.content.decode()) == (422, True)
    customer.post(f"/orders/{order.key}/step/submit/")
    page = keeper.get(f"/orders/{order.key}/").content.decode()
    assert "Make a quote" in page
    lines = {"text": ["Work", ""], "quantity": ["2", ""], "price": ["800", ""], "tax_percent": "6"}
    keeper.post(f"/orders/{order.key}/quote/", lines)
    assert "1696.00" in customer.get(f"/orders/{order.key}/").content.decode()
    seen = {"quote": Quote.objects.get(order=order).number}
    assert f'name="quote" value="{seen["quote"]}"' in customer.get(f"/orders/{order.key}/").content.decode()
    keeper.post(f"/orders/{order.key}/quote/", lines | {"price": ["900", ""]})
    refused = customer.post(f"/orders/{order.key}/step/accept/", seen, follow=True).content.decode()
    assert ("does not stand any more" in refused, Commission.objects.get(order=order).state) == (True, "quoted")
    offered = Quote.objects.get(order=order, state="offered")
    customer.post(f"/orders/{order.key}/step/accept/", {"quote": offered.number})
    box = StoragePlace.objects.get(kind="box")
    for sample in order.samples.all():
        facts = {"place": box.pk, "temperature_c": "21", "condition": "good", "giver": "post"}
        assert keeper.post(f"/samples/{sample.key}/receive/", facts).status_code == 302
    assert Commission.objects.get(order=order).state == "received"
    assert sorted(order.samples.values_list("slot", flat=True)) == ["A2", "A3"]
    for verb in ("begin", "measure", "review"):
        keeper.post(f"/orders/{order.key}/step/{verb}/")
    keys = [sample.key for sample in order.samples.all()]
    written = {
        "sample": keys, "quantity": ["lead"] * 2, "value": ["1.50", "<0.01"], "uncertainty": ["0.06", ""],
        "unit": ["mg/kg"] * 2, "method": ["M 1"] * 2, "conclusion": "All is well.",
    }  # fmt: skip
    keeper.post(f"/orders/{order.key}/results/", written)
    assert "1.50" in keeper.get(f"/orders/{order.key}/").content.decode()
    assert "1.50" not in customer.get(f"/orders/{order.key}/").content.decode()
    assert customer.get(f"/orders/{order.key}/report.pdf").status_code == 403
    assert keeper.post(f"/orders/{order.key}/step/release/").status_code == 403
    browser(reviewer(here)).post(f"/orders/{order.key}/step/release/")
    assert "1.50 ± 0.06 mg/kg" in customer.get(f"/orders/{order.key}/").content.decode()
    report = customer.get(f"/orders/{order.key}/report.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(report.content)).pages)
    assert "1.50 ± 0.06 mg/kg" in text
    assert "All is well." in text
    customer.post(f"/orders/{order.key}/feedback/", {"grade": "4", "words": "quick"})
    assert order.feedback.grade == 4
    refused = keeper.post(f"/orders/{order.key}/step/close/")
    assert (refused.status_code, "still here" in refused.content.decode()) == (422, True)


def test_a_wrong_answer_is_said_beside_its_question_and_may_be_kept_as_a_draft(here: World) -> None:
    service = Service.objects.get(key="unknowns")
    question = forms.Field("n", "number", "个数", "Number", required=True)
    forms.define(
        service=service, fields=[question], sample_fields=[], person=here.place.manager, now=here.booking.created_at
    )
    client = browser(here.place.member)
    wrong = client.post("/services/unknowns/order/", {"need": "x", "a-n": "many"})
    assert wrong.status_code == 422
    assert "expected a number" in wrong.content.decode()
    assert 'value="many"' in wrong.content.decode()
    assert not Order.objects.filter(need="x").exists()
    client.post("/services/unknowns/order/", {"need": "x", "a-n": "many", "draft": "1"})
    order = Order.objects.get(need="x")
    assert client.get(f"/orders/{order.key}/answers/").status_code == 200
    client.post(f"/orders/{order.key}/answers/", {"need": "x", "a-n": "3"})
    assert Commission.objects.get(order=order).answers == {"n": 3}


def test_a_spreadsheet_is_shown_first_and_taken_whole_or_not_at_all(here: World) -> None:
    client = browser(here.place.member)
    client.post("/services/unknowns/order/", {"need": "many"})
    order = Order.objects.get(need="many")
    address = f"/orders/{order.key}/samples/file/"

    def sheet(text: str) -> Any:
        file = BytesIO(text.encode())
        file.name = "samples.csv"
        return client.post(address, {"file": file})

    bad = sheet("name,amount,unit\nA,1,g\nA,2,g\n")
    assert (bad.status_code, "stands twice" in bad.content.decode()) == (422, True)
    good = sheet("name,amount,unit\n" + "".join(f"S{n},1,g\n" for n in range(24)))
    assert good.status_code == 200
    assert not order.samples.exists()
    checked = good.context["checked"]
    client.post(address, {"checked": checked})
    assert order.samples.count() == 24
    assert client.post(address, {"checked": checked + "x"}).status_code == 422
    labels = client.get(f"/orders/{order.key}/labels.pdf")
    assert len(pypdf.PdfReader(BytesIO(labels.content)).pages) == 1
    single = client.get(f"/orders/{order.key}/labels.pdf?sample={order.samples.all()[0].key}")
    assert len(pypdf.PdfReader(BytesIO(single.content)).pages) == 1


def test_the_phone_page_of_a_sample_refuses_in_words_and_keeps_what_was_typed(here: World) -> None:
    sample = Sample.objects.get(order=here.commissioned)
    client = browser(here.place.manager)
    assert (
        client.get(f"/samples/?code=https://liqi.example/samples/{sample.key}/")["Location"]
        == f"/samples/{sample.key}/"
    )
    wrong = client.post(f"/samples/{sample.key}/move/", {"place": "", "note": "kept words"})
    assert (wrong.status_code, "Found no place" in wrong.content.decode()) == (422, True)
    assert client.post(f"/samples/{sample.key}/count/", {"temperature_c": "warm"}).status_code == 422
    client.post(f"/samples/{sample.key}/split/", {"parts": ""})
    assert sample.aliquots.count() == 1
    client.post(f"/samples/{sample.key}/return/", {"giver": "post"})
    sample.refresh_from_db()
    assert (sample.state, Custody.objects.filter(sample=sample).count()) == ("returned", 3)
    assert browser(here.place.other).get(f"/samples/{sample.key}/").status_code == 403


def test_the_manager_makes_the_form_in_the_browser(here: World) -> None:
    client = browser(here.place.manager)
    rows: dict[str, Any] = {"retention_days": "30", "four_eyes": "1", "instructions": "dry"}
    for scope in ("order", "sample"):
        rows |= {
            f"{scope}-name": ["", ""], f"{scope}-kind": ["number", "choice"], f"{scope}-title": ["数", "选"],
            f"{scope}-title_en": ["Number", ""], f"{scope}-hint": ["", ""], f"{scope}-unit": ["mg", ""],
            f"{scope}-options": ["", "a\nb"], f"{scope}-required": ["1", ""], f"{scope}-min": ["0", ""],
            f"{scope}-max": ["", ""],
        }  # fmt: skip
    assert client.post("/services/unknowns/form/", rows | {"preview": "1"}).status_code == 200
    assert ServiceForm.objects.count() == 1
    assert client.post("/services/unknowns/form/", rows).status_code == 302
    form = ServiceForm.objects.latest("version")
    assert (form.version, form.schema["required"], form.schema["properties"]["f1"]["x-unit"]) == (2, ["f1"], "mg")
    service = Service.objects.get(key="unknowns")
    assert (service.terms.retention_days, service.terms.quote_needed) == (30, False)
    rows["order-options"] = ["", "only one"]
    assert client.post("/services/unknowns/form/", rows).status_code == 422
    assert browser(here.place.member).get("/services/unknowns/form/").status_code == 403


def test_lists_board_storage_and_files_show_the_order(here: World) -> None:
    order, keeper = here.commissioned, browser(here.place.manager)
    for address in ("/desk/orders/", "/desk/orders/?view=list", "/desk/orders/?state=submitted"):
        assert order.key in keeper.get(address).content.decode(), address
    box = StoragePlace.objects.get(kind="box")
    assert order.samples.get().key in keeper.get(f"/desk/storage/{box.pk}/").content.decode()
    assert keeper.post(f"/desk/storage/{box.pk}/remove/").status_code == 302
    assert StoragePlace.objects.filter(pk=box.pk).exists()
    assert keeper.post("/desk/storage/", {"kind": "box", "name": "X"}).status_code == 422
    member = signed_in(here.place, "en")
    assert order.key in member.get("/orders/?find=Tea").content.decode()
    assert b"Tea" in b"".join(member.get("/orders/?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert browser(here.place.other).get("/desk/orders/").status_code == 200


def test_the_interface_drafts_registers_steps_and_hands_over(here: World) -> None:
    customer, keeper = browser(here.place.member), browser(here.place.manager)
    kind = "application/json"
    assert customer.get("/api/services/unknowns/form").json()["version"] == 1
    made = customer.post("/api/orders", {"service": "unknowns", "need": "By program"}, content_type=kind)
    key = made.json()["key"]
    assert made.status_code == 201
    wrong = customer.post(f"/api/orders/{key}/samples", [{"name": "A"}, {"name": "A"}], content_type=kind)
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "application/problem+json")
    sent = customer.post(f"/api/orders/{key}/samples", [{"name": "A"}, {"name": "B"}], content_type=kind)
    assert [one["number"] for one in sent.json()] == [1, 2]
    assert customer.post(f"/api/orders/{key}/steps/submit", {}, content_type=kind).json()["state"] == "submitted"
    assert customer.post(f"/api/orders/{key}/steps/begin", {}, content_type=kind).status_code == 422
    sample = sent.json()[0]["key"]
    link = keeper.post(f"/api/samples/{sample}/custody", {"verb": "receive"}, content_type=kind)
    assert (link.status_code, link.json()["custody"][0]["verb"]) == (201, "receive")
    assert link.json()["gaps"][0]["words"] == "nobody wrote down where it lies"
    assert customer.post(f"/api/samples/{sample}/custody", {"verb": "move"}, content_type=kind).status_code == 403
    assert keeper.get(f"/api/orders/{key}").json()["turn"] == "facility"
    assert [one["key"] for one in customer.get("/api/orders").json()["items"]] == [here.commissioned.key, key]
    assert browser(here.place.other).get(f"/api/orders/{key}").status_code == 403
    assert progress.terms_of(Order.objects.get(key=key)).quote_needed
    assert quoting.standing(Order.objects.get(key=key)) is None
