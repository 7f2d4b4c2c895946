"""/api/evaluation/purchase: the check before buying (查重评议)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from liqi.access.evaluation import editions, purchase
from liqi.access.evaluation.purchase import Wanted
from liqi.web.api.evaluation import Basis, Year, today
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["evaluation"], auth=SIGNED_IN)


class LikeOf(Schema):
    """A like instrument near, and what it counts as."""

    key: str
    name: str
    km: Decimal | None
    effective_h: Decimal | None
    open: bool | None
    counts_as: Literal["spare", "full", "unknown", "unfit"]


class Checked(Schema):
    """The verdict on a purchase; `due` says whether the price asks for the check, null where none was given."""

    verdict: Literal["none near", "all are full", "time to spare", "cannot tell"]
    limit_h: Decimal
    due: bool | None
    source: str
    items: list[LikeOf]


@router.get("/purchase", response=Checked, summary="Check before buying (查重评议)")
def check(
    request: HttpRequest, year: Year, class_code: str, basis: Basis = "metered", place: str = "",
    km: Annotated[float | None, Query(gt=0, le=20_000)] = None, technique: str = "",
    value_cny: Annotated[Decimal | None, Query(gt=0)] = None, unfit: Annotated[list[str], Query()] = [],  # noqa: B006
) -> Any:  # fmt: skip
    """Like instruments near with their hours, and the verdict."""
    purchase.require(signed_in(request))
    wanted = Wanted(class_code, place, km, technique, value_cny)
    done = purchase.check(wanted, year=year, basis=basis, on=today(), rules=editions.rules(today()), unfit=unfit)
    found = done.finding
    groups = {"spare": found.spare, "full": found.full, "unknown": found.unknown, "unfit": found.unfit}
    items = [
        {"key": one.key, "name": done.instruments[one.key].name, "km": one.km, "effective_h": one.effective_h,
         "open": one.open, "counts_as": name}
        for name, group in groups.items() for one in group
    ]  # fmt: skip
    return {"verdict": found.verdict, "limit_h": found.limit_h, "due": done.asked_for, "source": done.source,
            "items": items}  # fmt: skip
