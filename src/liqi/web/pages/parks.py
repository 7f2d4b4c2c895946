"""The workspace of a park: alliance, fund, projects and milestones on one page, with targets, services and tenants."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liqi.observatory import parks, targets
from liqi.observatory.models import Park, ParkEntry, Target
from liqi.web import board_cells


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one park."""
    park = get_object_or_404(Park.objects.there(), pk=pk)
    on = timezone.localdate()
    found = parks.read(park, on=on)
    functions = dict(ParkEntry.Function.choices)
    lines = targets.standings(Target.objects.filter(pk__in=[one.pk for one in found.targets]), on=on)
    facts: dict[str, Any] = {
        "found": found,
        "alliance": [(functions[name], entries) for name, entries in found.alliance.items()],
        "targets": [(line, board_cells.STATES[line.standing.state]) for line in lines],
        "states": {name: words() for name, (_colour, words) in board_cells.STATES.items()},
        "example": any(one.project.synthetic for one in found.projects),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Firms, plans and pipelines"), reverse("boards")),
            (_("Parks"), reverse("board", args=["parks"])),
            (park.name, ""),
        ],
    }
    return render(request, "boards/park.html", facts)
