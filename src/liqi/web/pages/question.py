"""Where do we stand in X at Y: the question in words, its answer with every number's rows, the brief."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from liqi import taxonomy
from liqi.observatory import brief, question
from liqi.observatory.question import LENS_WORDS, Asked, UnclearQuestion
from liqi.web import answered, maps, observatory_doors, populations, tables

ROW_COLUMNS = (
    *("id", "name", "name_en", "class_code", "made_in", "brand_country", "owner_country", "from_abroad", "maker"),
    *("model", "value_cny", "shared", "bookable", "institution", "country", "province", "city", "confirmed_on"),
    "synthetic",
)
ORIGIN_LABELS = {
    "domestic": gettext_lazy("domestic"),
    "foreign": gettext_lazy("from abroad"),
    "not_said": gettext_lazy("origin not recorded"),
}
TERMS = ("", "shared", "closed", "bookable", "unclassified", "peers")
MOST_CHOICES = 6


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The answer to the question of the address; without one, the box and examples."""
    text = " ".join(request.GET.get("q", "").split())
    crumbs = [(_("Observatory"), reverse("observatory")), (_("Where do we stand in …"), "")]
    facts: dict[str, Any] = {"text": text, "examples": observatory_doors.EXAMPLES, "crumbs": crumbs}
    if not text and not request.GET.get("place"):
        return render(request, "observatory/question.html", facts)
    try:
        asked = _asked(request)
    except UnclearQuestion as problem:
        return render(request, "observatory/question.html", {**facts, "wrong": _wrong(problem)}, status=422)
    found = question.read(asked, now=timezone.now())
    told = question.tell(found)
    facts |= {
        "asked": asked,
        "found": found,
        "told": told,
        "lenses": [_lens(name, asked, found) for name in question.LENSES],
        "class_choices": [(_class(c), _again(asked, **{"class": c})) for c in asked.other_classes[:MOST_CHOICES]],
        "place_choices": [
            (one.label(told.language), _again(asked, place=one.code)) for one in asked.other_places[:MOST_CHOICES]
        ],
        "sections": [_section(one, request, asked) for one in told.sections],
        "steps": [_step(step, request) for step in told.steps],
        "kept": [(name, request.GET.get(name, "")) for name in ("lens",)],
        "brief": [(kind, _brief_address(asked, kind)) for kind in brief.KINDS],
        "example": bool(found.synthetic),
    }
    return render(request, "observatory/question.html", facts)


@require_safe
def rows(request: HttpRequest) -> HttpResponseBase:
    """The instruments behind a number of the answer, fifty a page; `format=csv` gives all as a file."""
    origins, terms = request.GET.get("origin", ""), request.GET.get("terms", "")
    if origins not in ("", *ORIGIN_LABELS) or terms not in TERMS:
        raise Http404
    try:
        asked = _asked(request)
    except UnclearQuestion:
        raise Http404 from None
    maker, holder = request.GET.get("maker", ""), request.GET.get("institution", "")
    frame, taken = question.rows(
        asked, now=timezone.now(), origins=origins, maker=maker, terms=terms, institution=holder
    )
    if request.GET.get("format") == "csv":
        return tables.as_csv("instruments", ROW_COLUMNS, frame.select(ROW_COLUMNS).collect().iter_rows())
    held = populations.Rows(frame)
    language = translation.get_language() or ""
    place = asked.counted.label(language)
    chips = [
        _class(asked.class_code) if terms != "unclassified" else _("class not recorded"),
        _("places compared with %(place)s") % {"place": place} if terms == "peers" else place,
        str(ORIGIN_LABELS.get(origins, "")),
        {"shared": _("open to others"), "closed": _("not open to others"), "bookable": _("bookable here")}.get(
            terms, ""
        ),
        maker,
        holder,
    ]
    facts = {
        "page": Paginator(held, populations.PAGE).get_page(request.GET.get("page")),
        "lens_label": LENS_WORDS[asked.lens][0],
        "chips": [chip for chip in chips if chip],
        "origin": origins,
        "origins": list(ORIGIN_LABELS.items()),
        "kept": populations.kept(request, "q", "class", "place", "lens", "maker", "institution", "terms"),
        "taken": taken,
        "back": _again(asked),
        "example": held.synthetic,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Where do we stand in …"), _again(asked)),
            (_("Rows"), ""),
        ],
    }
    return render(request, "observatory/rows.html", facts)


@require_safe
def table(request: HttpRequest, key: str) -> HttpResponseBase:
    """One table of the answer as a CSV file; the institutions are all there, not only the first."""
    try:
        asked = _asked(request)
    except UnclearQuestion:
        raise Http404 from None
    found = question.read(asked, now=timezone.now())
    told = {one.key: one for section in question.tell(found).sections for one in section.tables}
    if key not in told:
        raise Http404
    chosen = question.holders(found, None) if key == "holders" else told[key]
    header = [*[label for label, _number in chosen.head], _("as of"), _("Lens of the answer"), _("Source")]
    rest = [found.as_of, LENS_WORDS[asked.lens][0], f"sha256 {found.taken.sha256}"]
    rows = ([*[cell.text if cell.value is None else cell.value for cell in row], *rest] for row in chosen.rows)
    return tables.as_csv(f"liqi-{key}", header, rows)


@require_safe
def make_brief(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The brief of the answer as a file: pdf, docx or csv, in the language of the page."""
    if kind not in brief.KINDS:
        raise Http404
    try:
        asked = _asked(request)
    except UnclearQuestion:
        raise Http404 from None
    made = brief.parts(asked, kind, now=timezone.now(), land=maps.land())
    as_it_comes = StreamingHttpResponse if kind == "csv" else HttpResponse
    answer = as_it_comes(made, content_type=brief.KINDS[kind])
    name = f"liqi-{asked.class_code or 'all'}-{asked.place.code.replace(':', '')}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request: HttpRequest) -> Asked:
    asked = request.GET
    try:
        return question.understand(
            asked.get("q", ""),
            class_code=asked.get("class", ""),
            place=asked.get("place", ""),
            lens=asked.get("lens", "made_in"),
        )
    except UnclearQuestion as problem:
        if problem.kind == "code":
            raise Http404 from None
        raise


def _wrong(problem: UnclearQuestion) -> str:
    if problem.kind == "place":
        words = _("Found “%(found)s”, which no country, province, city or district is called; expected a place such as "
                  "Qingdao; correct the name.")  # fmt: skip
    else:
        words = _("Found “%(found)s”; expected a kind of instrument and a place, such as mass spectrometry in Qingdao; "
                  "name an instrument, a technique or a class.")  # fmt: skip
    return words % {"found": problem.found}


def _again(asked: Asked, **other: str) -> str:
    """The address of this question, read otherwise where something is given."""
    query = {"q": asked.text, "class": asked.class_code, "place": asked.place.code, "lens": asked.lens, **other}
    return f"{reverse('observatory_question')}?{populations.encode(query)}"


def _brief_address(asked: Asked, kind: str) -> str:
    query = {"q": asked.text, "class": asked.class_code, "place": asked.place.code, "lens": asked.lens}
    return f"{reverse('observatory_brief', args=[kind])}?{populations.encode(query)}"


def _table_address(asked: Asked, key: str) -> str:
    query = {"q": asked.text, "class": asked.class_code, "place": asked.place.code, "lens": asked.lens}
    return f"{reverse('observatory_question_table', args=[key])}?{populations.encode(query)}"


def _lens(name: str, asked: Asked, found: question.Standing) -> dict[str, Any]:
    return {
        "label": LENS_WORDS[name][0],
        "hint": LENS_WORDS[name][1],
        "figure": found.imported[name],
        "here": name == asked.lens,
        "address": _again(asked, lens=name),
    }


def _step(one: question.Step, request: HttpRequest) -> tuple[question.Step, list[tuple[str, str]]]:
    """A move with the addresses that its numbers open, the one where it begins first."""
    links = ((one.label, one.link), *one.more)
    return one, [(label, found) for label, link in links if (found := answered.address(link, request.user))]


def _section(one: question.Section, request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """A section with the addresses of its links, its map and the bars of its tables."""
    points = [
        [round(p.longitude, 4), round(p.latitude, 4), p.instruments, p.name, answered.address(p.link, request.user)]
        for p in one.points
    ]
    return {
        "map": maps.picture(points) if points else None,
        "told": one,
        "figures": [(said, answered.address(said.link, request.user)) for said in one.figures],
        "tables": [
            {
                "told": table,
                "chart": answered.bars(table, request.user) if table.drawn and table.rows else None,
                "file": _table_address(asked, table.key),
                "how": [
                    (label, how.formula) for (label, _n), how in zip(table.head, table.counted, strict=False) if how
                ],
                "rows": [
                    [(cell, answered.address(cell.link, request.user), table.head[n][0]) for n, cell in enumerate(row)]
                    for row in table.rows
                ],
            }
            for table in one.tables
        ],
    }


def _class(code: str) -> str:
    return taxonomy.label(code, translation.get_language() or "") if code else _("All classes")
