"""Domestic alternatives, on record: for an instrument, models of its class from home, and where they can be tried."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from liqi import taxonomy
from liqi.catalogue.models import Instrument
from liqi.insight.alternatives import Ends, Match, Model, match
from liqi.observatory.population import CHINA

MOST = 2000
"""Instruments of a class that are looked at, the newest first."""
TO_TRY = 4
"""Places to try a model that are named, nearest first."""

_READ = (
    *("key", "name", "name_en", "model", "made_in", "class_code", "maker_text", "capabilities", "latitude"),
    *("longitude", "city", "country", "bookable", "shared", "booking_url", "synthetic", "acquired_on"),
    *(f"{of}__{name}" for of in ("maker", "institution") for name in ("key", "name", "name_en")),
    "maker__brand_country",
)
"""What is read of each of them, and shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """An instrument that can be tried, and how far it is; no distance where a point is not known."""

    instrument: Instrument
    km: float | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A domestic model: how it compares, where it can be tried, and one instrument to compare in full."""

    match: Match
    maker: str
    places: tuple[Place, ...]
    example: Instrument
    made_here: bool | None
    own_brand: bool | None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The wanted model, its domestic alternatives, and how widely they were sought."""

    wanted: Model
    home: str
    class_code: str
    wider: bool
    """Whether the class itself had none, and the class above it was looked through."""
    found: tuple[Alternative, ...]
    looked_at: int


def read(instrument: Instrument, *, limit: int = 8) -> Alternatives:
    """Models of the same class that are made at home or of a brand from home, other than its own model.

    Home is the country where the instrument stands. Through either lens: both are shown, never merged;
    models of an own brand come first, and among them those that meet most.
    """
    home = instrument.country or CHINA
    wanted = _model(instrument.model, [instrument])
    code, wider = instrument.class_code, False
    rows = _domestic(code, home, instrument) if code else []
    if not rows and code and not code.endswith("00"):
        code, wider = f"{code[:4]}00", True
        rows = _domestic(code, home, instrument)
    groups: dict[tuple[str, str], list[Instrument]] = {}
    for row in rows:
        maker = row.maker.key if row.maker else row.maker_text
        if maker or row.model:
            groups.setdefault((maker, row.model), []).append(row)
    models = [_model(name, members, maker) for (maker, name), members in groups.items()]
    better = {key: quantity.better for key, quantity in taxonomy.quantities().items()}
    matched = match(wanted, models, better)
    found = [_alternative(one, groups[one.model.maker, one.model.name], instrument, home) for one in matched]
    found.sort(key=lambda one: not one.own_brand)
    return Alternatives(
        wanted=wanted,
        home=home,
        class_code=code,
        wider=wider,
        found=tuple(found[:limit]),
        looked_at=len(rows),
    )


def _domestic(code: str, home: str, other_than: Instrument) -> list[Instrument]:
    """The instruments of this class that are made at home or of a brand from home."""
    rows = (
        Instrument.objects.filter(_in_class(taxonomy.class_prefix(code)))
        .filter(Q(made_in=home) | Q(maker__brand_country=home))
        .exclude(pk=other_than.pk)
        .select_related("maker", "institution")
        .only(*_READ)
        .order_by("-acquired_on", "pk")[:MOST]
    )
    own = (other_than.maker_id, other_than.model)
    return [row for row in rows if not (other_than.model and (row.maker_id, row.model) == own)]


def _in_class(prefix: str) -> Q:
    """Codes that begin so, as a range: a database reads that from its index, a pattern it tries on every record."""
    if not prefix.isdigit() or set(prefix) == {"9"}:
        return Q(class_code__startswith=prefix)
    return Q(class_code__gte=prefix, class_code__lt=str(int(prefix) + 1).zfill(len(prefix)))


def _model(name: str, members: Iterable[Instrument], maker: str = "") -> Model:
    """The model with every number that one of its instruments says; the first that says it stands."""
    numbers: dict[str, Ends] = {}
    keys = []
    for one in members:
        keys.append(one.key)
        for capability in one.capabilities:
            known = taxonomy.find_quantity(str(capability.get("quantity", "")))
            if known is None or known.key in numbers:
                continue
            reading = taxonomy.read_capability(capability)
            if reading is not None:
                numbers.setdefault(reading.quantity.key, (reading.low, reading.high))
    return Model(maker, name, numbers, tuple(keys))


def _alternative(one: Match, members: list[Instrument], wanted: Instrument, home: str) -> Alternative:
    able = [row for row in members if row.bookable or row.shared or row.booking_url]
    places = sorted(
        (Place(row, _km(wanted, row)) for row in able), key=lambda p: (p.km is None, p.km or 0.0, p.instrument.key)
    )
    first = members[0]
    brand = first.maker.brand_country if first.maker else ""
    return Alternative(
        match=one,
        maker=one.model.maker,
        places=tuple(places[:TO_TRY]),
        example=max(members, key=lambda row: (len(row.capabilities), row.key)),
        made_here=first.made_in == home if first.made_in else None,
        own_brand=brand == home if brand else None,
    )


def _km(one: Instrument, other: Instrument) -> float | None:
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return taxonomy.distance_km((one.latitude, one.longitude), (other.latitude, other.longitude))
