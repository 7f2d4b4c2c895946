"""The recorded peaks behind a figure that is zoomed deep: of a part of a run, and of one feature's scans."""

import math
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liqi.answers import peakfiles, releases
from liqi.answers.models import Run
from liqi.answers.store import Gone
from liqi.web import method_words
from liqi.web.asked import person_of, run_seen

ASK_AGAIN_S = 2


@require_GET
def part(request: HttpRequest, key: str) -> JsonResponse:
    """The survey peaks between two times and two m/z: all of them, or the strongest where they are too many."""
    one = _readable(request, key)

    def told() -> dict[str, Any]:
        file = int(_number(request, "file"))
        time_s = _number(request, "from_s"), _number(request, "to_s")
        found = peakfiles.peaks_of_part(one, file, time_s, (_number(request, "from_mz"), _number(request, "to_mz")))
        value = [float(f"{height:.4g}") for height in found.intensity.tolist()]
        return {
            "x": found.time_s.round(3).tolist(), "y": found.mz.round(5).tolist(), "value": value, "whole": found.whole,
        }  # fmt: skip

    return _answered(told)


@require_GET
def feature(request: HttpRequest, key: str, number: int) -> JsonResponse:
    """The recorded peaks of each scan that a feature's spectrum was made from, between two m/z."""
    one = _readable(request, key)

    def told() -> dict[str, Any]:
        scans = peakfiles.peaks_of_feature(one, number, (_number(request, "from_mz"), _number(request, "to_mz")))
        rounded = [
            {
                "name": scan["name"],
                "mz": [round(mz, 5) for mz in scan["mz"]],
                "intensity": [round(height, 3) for height in scan["intensity"]],
            }
            for scan in scans
        ]
        return {"scans": rounded}

    return _answered(told)


def _readable(request: HttpRequest, key: str) -> Run:
    """The run, for those who may see its files as well."""
    one = run_seen(request, key)
    person = person_of(request)
    standing = releases.standing(one)
    without = standing is not None and not standing.with_files and releases.outsider(person, one)
    if one.state != Run.State.DONE or without:
        raise Http404
    return one


def _answered(told: Callable[[], dict[str, Any]]) -> JsonResponse:
    try:
        answer = JsonResponse(told())
    except ValueError as problem:
        return JsonResponse({"detail": method_words.refused(problem)}, status=400)
    except peakfiles.Preparing:
        again = JsonResponse({"detail": _("The file is being read; ask again in a moment.")}, status=202)
        again["Retry-After"] = str(ASK_AGAIN_S)
        return again
    except Gone:
        return JsonResponse({"detail": _("The bytes of this file are gone; only the answer is left.")}, status=410)
    except peakfiles.NotThere as problem:
        return JsonResponse({"detail": method_words.refused(problem)}, status=404)
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _number(request: HttpRequest, name: str) -> float:
    given = request.GET.get(name, "")
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        words = _("Found %(given)s for %(name)s; expected a number.")
        raise ValueError(words % {"given": repr(given[:40]), "name": name})
    return number
