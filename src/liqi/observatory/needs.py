"""Needs and their makers: wishes of both sides, and the stable pairing of all that are open."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.observatory import boards
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Firm, Need, NeedWish
from liqi.planning import pairing

BOARD = boards.board("needs")
MOST_RANK = 99


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and the firm that takes it up; None where no firm and need both wish each other."""

    need: Need
    firm: Firm | None


def wish(
    need: Need,
    firm: Firm,
    *,
    person: Person,
    now: datetime,
    rank_by_need: int | None = None,
    rank_by_firm: int | None = None,
) -> NeedWish | None:
    """Need and firm stand at these places of each other's lists; with neither the wish is gone (None).

    Who keeps the need says its own ranks; what firms wish is said by those who run the platform.
    """
    boards.require_keeper(person, BOARD, need)
    if rank_by_firm is not None:
        boards.require_keeper(person, boards.board("firms"))
    for rank in (rank_by_need, rank_by_firm):
        if rank is not None and not 1 <= rank <= MOST_RANK:
            raise NotPossible(_("Found the rank %(n)d, expected 1 to %(most)d.") % {"n": rank, "most": MOST_RANK})
    facts = {"firm": firm.name[:80], "rank_by_need": rank_by_need, "rank_by_firm": rank_by_firm}
    try:
        with transaction.atomic():
            journal.write(person=person, verb="wished", thing=need, at=now, **facts)
            if rank_by_need is None and rank_by_firm is None:
                NeedWish.objects.filter(need=need, firm=firm).delete()
                return None
            made, _new = NeedWish.objects.update_or_create(
                need=need, firm=firm, defaults={"rank_by_need": rank_by_need, "rank_by_firm": rank_by_firm}
            )
            return made
    except IntegrityError:
        raise NotPossible(_("Another one stands at this rank already; give each its own.")) from None


def pair() -> list[Pair]:
    """Every open need with the firm it gets: stable, and best for the needs (Gale and Shapley 1962)."""
    needs = list(Need.objects.there().filter(closed_on=None).order_by("pk"))
    wishes = list(
        NeedWish.objects.filter(need__in=needs, firm__withdrawn_at=None).select_related("firm").order_by("pk")
    )
    firms = {one.firm_id: one.firm for one in wishes}
    askers = {str(need.pk): _ranked(wishes, "rank_by_need", "firm_id", need_id=need.pk) for need in needs}
    hosts = {str(pk): _ranked(wishes, "rank_by_firm", "need_id", firm_id=pk) for pk in firms}
    found = pairing.pair(askers, hosts, {str(pk): firm.places for pk, firm in firms.items()})
    taken = {asker: firms[int(host)] for host, group in found.hosts.items() for asker in group}
    return [Pair(need, taken.get(str(need.pk))) for need in needs]


def _ranked(wishes: list[NeedWish], rank: str, name: str, **of: int) -> list[str]:
    own = [one for one in wishes if all(getattr(one, key) == value for key, value in of.items())]
    told = [(getattr(one, rank), str(getattr(one, name))) for one in own if getattr(one, rank) is not None]
    return [key for _rank, key in sorted(told)]
