"""Every address of the observatory, asked through the whole middleware: what a reader waits for on the server.

An address that takes a GET and has no line here stops the benchmark, so that none is left out.
"""

import sys
import time
from typing import Any

ASKED: dict[str, list[str]] = {
    "observatory_question": ["?q=质谱 in 青岛", "?q=电镜 in 江苏", "?q=质谱 in 中国", "?q=instruments in Beijing"],
    "observatory_question_rows": ["?q=质谱 in 青岛", "?q=质谱 in 中国&origin=foreign", "?q=质谱 in 中国&terms=shared"],
    "observatory_dependence": ["", "?lens=brand&country=all", "?lens=owner&class=010200", "?province=370000"],
    "observatory_purchases": ["", "?measure=value&band=3", "?class=010200&lens=brand"],
    "observatory_vendors": ["", "?on=2015-06-30", "?class=010200&lens=owner"],
    "observatory_choke_points": ["", "?use=hours", "?class=010200"],
    "observatory_rows": ["", "?country=all", "?page=1000", "?class=010200&origin=foreign&band=3", "?province=370000"],
    "observatory_chain": ["", "?country=all", "?province=370000&field=materials"],
    "observatory_facilities": ["", "?class=research&stage=frontier_research", "?country=all&page=5"],
    "observatory_cluster": ["", "?province=370000", "?country=all&radius=150"],
    "observatory_consortium": ["", "?near=青岛", "?field=materials&near=合肥"],
    "observatory_gap": ["", "?place=青岛", "?place=合肥&class=support&stage=applied_research"],
    "observatory_advice": ["", "?level=5&place=青岛"],
    "observatory_place": ["", "?industry=334516&sort=jobs", "?page=3"],
    "observatory_companions": ["", "?industry=334516"],
    "observatory_ring": ["", "?industry=334516", "?edges=30,90,200"],
    "observatory_table": ["", "?example=yes", "?indicator=log_rank&example=yes"],
    "observatory_trade": ["", "?country=CN"],
    "rules": ["", "?topic=vouchers&place=110000"],
    "policy_rules": ["", "?q=首台"],
    "policy_changes": ["", "?since=2020-01-01"],
    "champions": ["", "?result=found"],
    "radar": ["", "?days=30"],
    "screening": ["", "?budget=20000000&focus=分析仪器"],
}
"""The queries that an address is asked with; one without a line is asked bare."""
ONLY_POST = {
    *("board_undo", "board_table_undo", "observatory_trade_back", "policy_switch"),
}


def walk(client: Any) -> dict[str, dict[str, float]]:
    """Seconds of every address asked the first time of a snapshot (also of the processor), and asked once more."""
    found = {}
    for address in _all():
        first, busy = _seconds(client, address)
        found[address] = {"first": first, "processor": busy, "again": _seconds(client, address)[0]}
        print(first, busy, found[address]["again"], address, file=sys.stderr, flush=True)
    return found


def _all() -> list[str]:
    """Every address with its queries, those of records with the fullest or first record there is."""
    from django.urls import reverse

    from liqi.web.addresses import boards, evidence

    held = _held()
    found = []
    for pattern in [*evidence.ADDRESSES, *boards.ADDRESSES]:
        name, route = str(pattern.name), str(pattern.pattern)
        if not route.startswith(("observatory/", "rules/", "audit/")) or name in ONLY_POST:
            continue
        if "<" in route and name not in held:
            raise SystemExit(f"found no record for the address {name} ({route}); expected a line in {__name__}._held")
        found += [
            reverse(name, args=words) + query
            for words in held.get(name, [()])
            for query in ASKED.get(name, _bare(name))
        ]
    return found


def _bare(name: str) -> list[str]:
    """No query, but for what is made of a question."""
    asked = name in ("observatory_brief", "observatory_question_table")
    return ["?q=质谱 in 青岛", "?q=质谱 in 中国"] if asked else [""]


def _held() -> dict[str, list[tuple[Any, ...]]]:
    """The words of the addresses that name a record."""
    from django.db.models import Count

    from liqi.catalogue.models import Instrument
    from liqi.observatory.boards import BOARDS
    from liqi.observatory.brief import KINDS
    from liqi.observatory.models import Park

    fullest = Instrument.objects.exclude(class_code="").values("class_code").annotate(n=Count("pk")).order_by("-n")[0]
    one = Instrument.objects.filter(class_code=fullest["class_code"]).order_by("pk")[0]
    records = [(name, row.pk) for name, board in BOARDS.items() if (row := board.model.objects.first()) is not None]
    return {
        "observatory_alternatives": [(one.key,)],
        "observatory_region": [("14460",), ("49340",)],
        "observatory_brief": [(kind,) for kind in KINDS],
        "observatory_question_table": [(key,) for key in ("classes", "makers", "holders")],
        "policy_rule": [("loan.2026",)],
        "policy_simulate": [("loan.2026",)],
        "board": [(name,) for name in BOARDS],
        "board_record": records,
        "park": [(park.pk,) for park in Park.objects.order_by("pk")[:1]],
    }


def _seconds(client: Any, address: str) -> tuple[float, float]:
    """Seconds until the whole answer is there, by the clock and of the processor."""
    begin, busy = time.perf_counter(), time.process_time()
    answer = client.get(address)
    if answer.streaming:
        for _part in answer.streaming_content:
            pass
    taken = round(time.perf_counter() - begin, 3), round(time.process_time() - busy, 3)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}, expected 200")
    return taken
