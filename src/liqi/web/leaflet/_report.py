"""The report of an order: who ordered what, the samples and their custody, results with uncertainty and method."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liqi.access.commissions import custody, results, storage
from liqi.access.models import Commission, Custody, Result, Sample
from liqi.answers.models import Run
from liqi.methods import find_method
from liqi.web import scripts
from liqi.web.leaflet._paper import qr_svg, typeset


def report(commission: Commission, *, site: str, language: str, now: datetime) -> bytes:
    """The report as a PDF; a draft says so on every page until the results are released."""
    with translation.override(language):
        facts = _facts(commission, site.rstrip("/"), language, now)
    return typeset("report.typ", facts, language)


def _facts(commission: Commission, site: str, language: str, now: datetime) -> dict[str, Any]:
    order = commission.order
    service = order.service
    assert service is not None
    samples = list(order.samples.all())
    links = list(
        Custody.objects.filter(sample__order=order).select_related("person", "place__parent__parent__parent")
        .order_by("sample__number", "number")
    )  # fmt: skip
    chains: dict[int, list[Custody]] = {}
    for link in links:
        chains.setdefault(link.sample_id, []).append(link)
    found = Result.objects.filter(sample__order=order).select_related("sample").order_by("sample__number", "quantity")
    runs = order.runs.filter(state=Run.State.DONE).order_by("ended_at", "pk")
    house = service.facility or service.institution
    return {
        "title": order.title,
        "number": order.key,
        "tag": _("Synthetic example: describes nothing real") if order.synthetic else "",
        "draft": "" if commission.is_open_to_customer else _("Draft: the results are not released"),
        "house": [scripts.name_of(house, language), scripts.name_of(service.institution, language)],
        "service": scripts.name_of(service, language),
        "facts": _about(commission),
        "conclusion": scripts.in_script(commission.conclusion, language),
        "samples": [_sample(one) for one in samples],
        "results": [
            [one.sample.name, one.quantity, results.shown(one), _coverage(one), one.method]
            for one in found
        ],
        "runs": [_run(one, language) for one in runs],
        "links": [_link(one, samples) for one in links],
        "gaps": [
            f"{sample.name} {gap.number}: {gap.words}"
            for sample in samples
            for gap in custody.gaps(sample, chains.get(sample.pk, []))
        ],
        "qr": qr_svg(f"{site}/orders/{order.key}/"),
        "address": f"{site}/orders/{order.key}/",
        "words": _words(now),
    }  # fmt: skip


def _coverage(result: Result) -> str:
    """The coverage factor beside an uncertainty; nothing where there is none."""
    return f"{result.coverage.normalize():f}" if result.uncertainty is not None else ""


def _about(commission: Commission) -> list[list[str]]:
    order = commission.order
    rows = [
        (_("Customer"), " · ".join(str(part) for part in (order.organisation, order.person) if part)),
        (_("Purchase number"), commission.purchase_number),
        (_("Need"), order.need[:600]),
        (_("Ordered"), _day(order.created_at)),
        (_("Measured by"), str(commission.measured_by or "")),
        (_("Released by"), str(commission.released_by or "")),
        (_("Released"), _day(commission.released_at)),
    ]
    return [[label, text] for label, text in rows if text]


def _sample(one: Sample) -> list[str]:
    amount = f"{one.quantity.normalize():f} {one.unit}" if one.quantity is not None else ""
    kind = " · ".join(part for part in (one.kind, one.matrix) if part)
    return [str(one.number), one.name, one.key, kind, amount, one.storage, str(one.get_state_display())]


def _run(one: Run, language: str) -> list[str]:
    try:
        title = find_method(one.method).title.of(language)
    except ValueError:  # a method of a package that is not installed any more
        title = one.method
    return [title, f"{one.method} {one.version}", one.sentence(language) or "", one.answer_sha256[:16]]


def _link(one: Custody, samples: list[Sample]) -> list[str]:
    name = next((sample.name for sample in samples if sample.pk == one.sample_id), "")
    where = f"{storage.path_of(one.place)} {one.slot}".strip()
    degrees = f"{one.temperature_c} °C" if one.temperature_c is not None else ""
    note = " · ".join(part for part in (degrees, str(one.get_condition_display() or ""), one.giver, one.note) if part)
    moment = timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M")
    return [name, str(one.get_verb_display()), moment, str(one.person), where, note]


def _day(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d") if at else ""


def _words(now: datetime) -> dict[str, Any]:
    return {
        "report": _("Report"),
        "samples": _("Samples"),
        "results": _("Results"),
        "none": _("No result is written down."),
        "runs": _("Runs of methods on the data"),
        "custody": _("Chain of custody"),
        "unbroken": _("The chain of every sample is unbroken."),
        "gaps": _("Breaks and doubts of the chain"),
        "scan": _("Scan for the order with its files"),
        "note": _(
            "Results hold for the samples as they were received. U is the expanded uncertainty "
            "with the coverage factor k (GUM, JCGM 100:2008). Research use only."
        ),
        "printed": _("Printed %(day)s") % {"day": _day(now)},
        "sample_heads": [_("No."), _("Sample"), _("Label"), _("Kind, matrix"), _("Amount"), _("Storage"), _("State")],
        "result_heads": [_("Sample"), _("Quantity"), _("Result ± U"), "k", _("Method")],
        "run_heads": [_("Method"), _("Version"), _("Verdict"), "SHA-256"],
        "link_heads": [_("Sample"), _("What"), _("When"), _("Who"), _("Where"), _("Note")],
    }
