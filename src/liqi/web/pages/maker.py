"""One maker of instruments: where the brand is from, who owned it when, what of it is in the catalogue, and where."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.catalogue import editing
from liqi.catalogue.models import Instrument, Maker, MakerOwner
from liqi.web import counted, listed, maps, records, scripts

MODELS = 15


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """The maker with its owners in the order of time, its models with counts, and its instruments."""
    maker = records.find(request, "maker", key, Maker.everything.prefetch_related("owners"))
    if isinstance(maker, HttpResponse):
        return maker
    language = translation.get_language() or ""
    everything = Instrument.objects.filter(maker=maker)
    if file := listed.export(request, f"maker-{key}", everything):
        return file
    held = counted.read(f"maker/{maker.pk}", everything)
    today = timezone.localdate()
    shown = listed.read(request, everything, total=held.total)
    facts = {
        "maker": maker,
        "may_edit": editing.may_edit(records.person_of(request), maker),
        "owner": maker.owner_on(today),
        "owners": [(one, _is_now(one, today)) for one in maker.owners.all()],
        "held": held,
        "models": counted.kept(f"models/{maker.pk}", lambda: _models(maker)),
        "made_in": counted.made_in(held, language),
        "bars": [
            counted.classes(held, language, lambda code: f"?class={code}#instruments"),
            counted.regions(held, language, maker=maker.key),
        ],
        "listed": shown,
        "page": shown.page,
        "map": maps.of_spots(held.spots, language, world=True) if held.spots else None,
        "example": maker.synthetic or held.synthetic > 0,
        "crumbs": [(_("Makers"), ""), (scripts.name_of(maker, language), "")],
    }
    return render(request, "maker/show.html", facts)


def _is_now(owner: MakerOwner, today: date) -> bool:
    return (owner.from_on is None or owner.from_on <= today) and (owner.to_on is None or today < owner.to_on)


def _models(maker: Maker) -> tuple[list[tuple[str, int]], int]:
    """The models on record with their counts, the most frequent first, and how many models there are in all."""
    counts: Counter[str] = Counter(
        Instrument.objects.filter(maker=maker).exclude(model="").order_by().values_list("model", flat=True)
    )
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return rows[:MODELS], len(rows)
