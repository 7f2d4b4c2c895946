"""The ministry's yearly table SJ3 of valuable instruments (贵重仪器设备表): 25 columns a row, blank where unknown."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from liqi.access.evaluation import given, use
from liqi.access.evaluation.editions import Rules
from liqi.access.models import Sample, Session, Steward, UseTally
from liqi.catalogue.models import Instrument
from liqi.catalogue.national.figures import asset_code, year_bounds

__all__ = ["COLUMNS", "rows"]

COLUMNS = (
    *("学校代码", "仪器编号", "分类号", "仪器名称", "单价", "型号", "规格"),
    *("使用机时：教学", "使用机时：科研", "使用机时：社会服务", "使用机时：其中开放使用机时"),
    *("测样数", "培训人员数：学生", "培训人员数：教师", "培训人员数：其他"),
    *("教学实验项目数", "科研项目数", "社会服务项目数"),
    *("获奖情况：国家级", "获奖情况：省部级", "发明专利：教师", "发明专利：学生"),
    *("论文情况：三大检索", "论文情况：核心刊物", "负责人姓名"),
)
"""As the ministry's form prints them."""
AT_ONCE = 500


def rows(instruments: QuerySet[Instrument], year: int, basis: str, rules: Rules) -> Iterator[list[Any]]:
    """A row for each instrument of at least the table's value; hours are split by the purpose the sessions say."""
    least = Decimal(str(rules["hours"].values.get("sj3_from_cny", 400_000)))
    chosen = instruments.filter(value_cny__gte=least).exclude(status="retired")
    near = chosen.select_related("institution").defer("source_row", "description").order_by("institution", "key")
    part: list[Instrument] = []
    for one in near.iterator(chunk_size=AT_ONCE):
        part.append(one)
        if len(part) == AT_ONCE:
            yield from _rows(part, year, basis)
            part = []
    yield from _rows(part, year, basis)


def _rows(part: Sequence[Instrument], year: int, basis: str) -> Iterator[list[Any]]:
    pks = [one.pk for one in part]
    tallies: dict[int, list[UseTally]] = {}
    chosen = UseTally.objects.filter(instrument__in=pks, year=year)
    for tally in chosen if basis == use.METERED else chosen.filter(confirmed=True):
        tallies.setdefault(tally.instrument_id, []).append(tally)
    said, tested = given.of_instruments(year, pks), _samples(pks, year)
    projects, heads = _projects(part, year, basis), _heads(part)
    for one in part:
        mine, figures = tallies.get(one.pk), said.get(one.pk, {})
        hours = [_sum(mine, name) for name in ("teaching_h", "research_h", "service_h", "outside_h")]
        typed = {name: int(figure.value) for name, figure in figures.items()}
        host = one.institution
        yield [
            host.national_code if host else "", one.serial or one.key, _class(one), one.name, one.value_cny, one.model,
            one.specification[:200], *hours, tested.get(one.pk),
            *(typed.get(name) for name in ("trained_students", "trained_teachers", "trained_others")),
            *(projects.get((one.pk, purpose)) for purpose in ("teaching", "research", "service")),
            *(typed.get(name) for name in ("national_awards", "provincial_awards")),
            *(typed.get(name) for name in ("patents_teachers", "patents_students", "papers_indexed", "core_papers")),
            heads.get(one.pk, ""),
        ]  # fmt: skip


def _sum(tallies: Sequence[UseTally] | None, name: str) -> Decimal | None:
    """Whole hours as the table wants them; None where nothing was metered."""
    return None if tallies is None else sum((getattr(one, name) for one in tallies), Decimal(0)).quantize(Decimal(1))


def _class(one: Instrument) -> str:
    ministry = (str(code["code"]) for code in one.codes if str(code.get("scheme", "")).startswith("moe"))
    return next(ministry, "") or asset_code(one)


def _samples(pks: Sequence[int], year: int) -> dict[int, int]:
    """Samples of the year's orders on services with the instrument; a sample counts for each of them."""
    starts_at, ends_at = year_bounds(year)
    held = Sample.objects.filter(order__created_at__gte=starts_at, order__created_at__lt=ends_at)
    held = held.exclude(state=Sample.State.EXPECTED).filter(order__service__instruments__in=pks)
    counted = held.order_by().values_list("order__service__instruments").annotate(n=Count("pk", distinct=True))
    return {pk: n for pk, n in counted if pk in set(pks)}


def _projects(part: Sequence[Instrument], year: int, basis: str) -> dict[tuple[int, str], int]:
    """Different projects of the sessions of each purpose, where sessions name a project."""
    ended = use.ended_in({one.time_zone for one in part}, year)
    counted = Session.objects.filter(ended, instrument__in=[one.pk for one in part], withdrawn=False)
    if basis != use.METERED:
        counted = counted.confirmed()
    named = counted.exclude(purpose="").filter(booking__order__project__isnull=False).order_by()
    rows = named.values_list("instrument", "purpose").annotate(n=Count("booking__order__project", distinct=True))
    return {(pk, purpose): n for pk, purpose, n in rows}


def _heads(part: Sequence[Instrument]) -> dict[int, str]:
    """The first steward of each instrument, else of its facility."""
    facilities = {one.facility_id for one in part} - {None}
    mine = Q(instrument__in=[one.pk for one in part]) | Q(facility__in=facilities)
    own: dict[int, str] = {}
    shared: dict[int, str] = {}
    for instrument, facility, name in (
        Steward.objects.filter(mine).order_by("pk").values_list("instrument", "facility", "person__name")
    ):
        if instrument:
            own.setdefault(instrument, name)
        else:
            shared.setdefault(facility, name)
    return {one.pk: own.get(one.pk) or shared.get(one.facility_id or 0, "") for one in part}
