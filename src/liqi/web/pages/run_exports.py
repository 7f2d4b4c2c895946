"""What leaves the answer of a run: the formats of other programs, and the three lists as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from liqi.answers import answer, signatures
from liqi.answers.models import Run
from liqi.methods import LANGUAGES
from liqi.methods.exports import EXPORTS, NotExportable, reviews_of, write_export
from liqi.methods.exports.lists import LISTS, csv_of
from liqi.web import lists
from liqi.web.asked import run_seen


def response_of(one: Run, form: str, language: str) -> HttpResponse:
    """The answer in a format, as a file to keep; raises NotExportable, 404 where there is no answer."""
    if one.state != Run.State.DONE or one.ended_at is None:
        raise Http404
    whole = answer.read(one) | {"people": signatures.layer_of(one).as_json()}
    text = write_export(whole, form, now=one.ended_at, language=language)
    chosen = EXPORTS[form]
    response = HttpResponse(text, content_type=chosen.media_type)
    response["Content-Disposition"] = f'attachment; filename="liqi-{one.key}{chosen.ending}"'
    return response


@require_GET
def export(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The answer as mzTab-M, mzSpecLib, mzQC or CSV; 404 for a format that cannot say it."""
    try:
        return response_of(run_seen(request, key), form, language_of(request))
    except NotExportable as problem:
        raise Http404(str(problem)) from None


@require_GET
def rows(request: HttpRequest, key: str, verdict: str) -> HttpResponse:
    """One of the three lists as CSV, with words in the language asked for, else the reader's."""
    one = run_seen(request, key)
    if verdict not in LISTS or one.state != Run.State.DONE:
        raise Http404
    table = lists.table_named(answer.read(one), "features")
    if table is None:
        raise Http404
    language = language_of(request)
    reviews = reviews_of({"people": signatures.layer_of(one).as_json()})
    response = HttpResponse(csv_of(table, language, verdict, reviews), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="liqi-{key}-{verdict}-{language}.csv"'
    return response


def language_of(request: HttpRequest) -> str:
    """The language that the address asks for, else the reader's: zh-Hans, zh-Hant or en."""
    by_code = {tag.lower(): tag for tag in LANGUAGES}
    return by_code.get(request.GET.get("language", "").lower()) or by_code.get(get_language() or "", "en")
