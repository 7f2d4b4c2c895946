"""Every address of urls.py answers, in three languages, signed in or not, with no more queries than on record."""

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from liqi.accounts.models import Person
from liqi.catalogue.models import Institution, Instrument
from liqi.web import urls
from tests.web.world import LANGUAGES, World, signed_in, world

pytestmark = pytest.mark.django_db

RECORD = Path(__file__).with_name("query_counts.json")
"""Queries per page; a page may need fewer. `LIQI_RECORD=1` writes what is counted."""
ONLY_POST = {
    *("charges_undo", "price_table_act"),
    *("feed_renew", "booking_cancel", "booking_restore", "session_start", "session_end", "order_finish"),
    *(
        "answers_example",
        "run_cancel",
        "run_again",
        "run_amend",
        "run_sign",
        "national_act",
        "uploads",
        "upload",
        "upload_known",
    ),
    "set_language",
    *("agent_revoke", "agent_restore", "agent_silence", "inbox_file", "inbox_back"),
    *("picture_add", "picture_remove", "record_remove", "record_restore", "record_confirm", "change_undo"),
    *("harvest_run", "harvest_stop", "harvest_remove", "outage_act", "window_finish"),
    *("organisation_add", "organisation_remove", "project_begin", "project_close"),
    *("class_choose", "class_accept", "duplicates_find", "twins_merge", "twins_different", "twins_reconsider"),
    *("search_save", "search_back", "search_rename", "search_notify", "search_forget"),
    *("hours_confirm", "hours_confirm_here", "finding_settle", "settlement_undo", "confirmation_undo"),
    *("correction_undo", "meter_remove", "kiosk_revoke", "kiosk_act"),
    *("booking_scope", "swap_propose", "swap_answer", "approval_answer"),
    *("notices_mark", "token_revoke", "webhook_act"),
    *("waiting_withdraw", "waiting_rejoin", "offer_accept", "offer_refuse"),
    *("instrument_rule_undo", "instrument_rule_switch", "instrument_rule_drop", "instrument_rules_copy"),
    *("facility_rule_undo", "facility_rule_switch", "facility_rule_drop", "facility_rules_copy"),
    *("session_enrol", "session_leave", "qualification_change"),
    *("unmerge", "bulk_undo", "import_confirm", "import_cancel", "import_undo"),
    *("evaluation_give", "evaluation_instrument_give", "evaluation_undo", "evaluation_table_withdraw"),
    *("file_hold", "file_standard", "control_chart_act", "policy_switch"),
    "order_voucher",
    *("board_undo", "board_table_undo", "observatory_trade_back"),
    *("order_step", "order_quote", "order_results", "order_feedback", "order_samples_file", "order_sample_remove"),
    *("sample_act", "storage_remove", "organisation_order_terms", "run_release_withdraw"),
    *("run_gates_count", "run_gates_save", "run_gates_file", "run_peaks_integrate", "run_peaks_save"),
    *("batch_cancel", "batch_name"),
}
"""Addresses that only take a form; their pages' own tests send it."""
SHOWN_ELSEWHERE = {
    *("instrument_rules", "instrument_rules_trial", "instrument_rule", "facility_rules", "facility_rules_trial"),
    *("facility_rule", "desk_course_new", "desk_course", "desk_course_edit", "desk_session"),
    *("desk_document_new", "desk_document"),
    *("voucher_batch", "voucher_evidence", "customs_record"),
    *("agents", "instrument_inbox"),
    *("permanent", "national_progress", "imports", "import", "import_progress", "import_rejected"),
    *("harvests", "harvest_new", "harvest", "harvest_progress", "harvest_edit"),
    *("run_recorded", "run_feature_recorded"),
    *("booking_terms", "booking_move", "run_csv", "run_plot", "run_plot_json", "picture"),
    *("run_export", "run_list", "run_release", "run_gates", "run_peaks", "batch", "batch_overlay"),
    *("instrument_new", "facility_new", "service_new"),
    *("instrument_edit", "facility_edit", "institution_edit", "service_edit", "maker_edit"),
    *("quality", "bulk_done", "misses", "search_look"),
    *("instrument_waiting", "notice", "webhook"),
    *("incident_picture", "instrument_tasks", "maintenance_certificate", "stock_item"),
    *("evaluation_unit", "evaluation_instrument", "evaluation_session", "evaluation_purchase"),
    *("instrument_hours", "instrument_metering", "session_correct"),
    *("service_form", "order_report", "storage_place"),
    *("desk_files", "file_image", "control_charts", "control_points", "policy_keep"),
}
"""Addresses that need more than a record: the tests of bookings, of answers and of editing read them."""


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def one_of_everything() -> World:
    return world()


KEEPERS = {"price_table"}
"""Addresses that only those who keep the thing may read."""
OPERATORS = {"observatory_trade_tables"}
"""Addresses that only operators may read."""


def read(client: Client, address: str) -> tuple[Any, bytes]:
    """The answer and all that it sends."""
    answer = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer, content


def test_every_named_address_is_tested(one_of_everything: World) -> None:
    named = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    untested = named - ONLY_POST - SHOWN_ELSEWHERE - one_of_everything.addresses().keys()
    assert not untested, f"give these a record in tests/web/world.py: {sorted(map(str, untested))}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_who_is_signed_in(one_of_everything: World, language: str) -> None:
    client = signed_in(one_of_everything.place, language)
    keeper = signed_in(one_of_everything.place, language, one_of_everything.place.manager)
    runs_it = Person.objects.create_user("runs.it@example.org", name="Runs It", is_operator=True)
    operator = signed_in(one_of_everything.place, language, runs_it)
    for name, address in one_of_everything.addresses().items():
        answer, content = read(keeper if name in KEEPERS else operator if name in OPERATORS else client, address)
        assert answer.status_code == 200, f"{name} {address}: {answer.status_code}"
        if answer["Content-Type"].startswith("text/html") and not name.startswith(("run_", "answers_form")):
            assert f'<html lang="{language}"'.encode() in content, name


def test_every_page_answers_a_visitor_or_asks_to_sign_in(one_of_everything: World) -> None:
    client = Client()
    for name, address in one_of_everything.addresses().items():
        answer, _content = read(client, address)
        if answer.status_code == 302:
            assert answer["Location"].startswith("/accounts/login/?next="), name
        else:
            hidden = 404 if name.startswith(("run", "file", "answers_form")) else 403
            assert answer.status_code in (200, hidden), f"{name} {address}: {answer.status_code}"


def test_no_page_needs_more_queries_than_on_record(one_of_everything: World) -> None:
    client = signed_in(one_of_everything.place)
    counted = {}
    for name, address in one_of_everything.addresses().items():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            read(client, address)
        counted[name] = len(queries)
    if os.environ.get("LIQI_RECORD"):
        RECORD.write_text(json.dumps(counted, indent=2, sort_keys=True) + "\n")
    known = json.loads(RECORD.read_text())
    more = {name: (count, known.get(name)) for name, count in counted.items() if count > known.get(name, -1)}
    assert not more, f"(counted, on record): {more}; save queries, or record with LIQI_RECORD=1 and say why"


def test_addresses_that_take_a_form_refuse_to_be_read(one_of_everything: World) -> None:
    assert signed_in(one_of_everything.place).get("/language/").status_code == 405


def test_an_address_that_leads_nowhere_says_so_in_the_language_of_the_reader() -> None:
    client = Client(headers={"Accept-Language": "zh-TW"})
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert '<html lang="zh-hant"' in answer.content.decode()
    assert "/nowhere/" in answer.content.decode()


def test_no_page_takes_anything_from_elsewhere(one_of_everything: World) -> None:
    answer = Client().get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_list_of_ten_thousand_instruments_is_quick_and_small(django_assert_max_num_queries: Any, db: None) -> None:
    now = datetime.now(UTC)
    record: dict[str, Any] = {"source": "test", "created_at": now, "updated_at": now}
    host = Institution.objects.create(key="host", name="中国科学技术大学", name_en="USTC", **record)
    Instrument.objects.bulk_create(
        Instrument(
            key=f"i{n}", name=f"质谱仪 {n}", name_en=f"Mass spectrometer {n}", institution=host, class_code="010201",
            class_scheme="cn-instr", class_edition="current", maker_text="Thermo", model="Q Exactive", **record,
        )
        for n in range(10_000)
    )  # fmt: skip
    client = Client()
    client.get("/instruments/")
    with django_assert_max_num_queries(10):
        answer = client.get("/instruments/")
    assert len(answer.content) < 100_000
    seconds = []
    for _ in range(7):
        start = time.thread_time()
        client.get("/instruments/?page=100")
        seconds.append(time.thread_time() - start)
    assert min(seconds) < 0.1
