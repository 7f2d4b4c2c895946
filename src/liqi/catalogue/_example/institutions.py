"""Makers and institutions of the example: all real."""

from datetime import datetime

from liqi.catalogue._example.rows import number, real, table
from liqi.catalogue.models import Institution, InstitutionKind, Maker, MakerOwner
from liqi.taxonomy import makers as known_makers


def makers(now: datetime) -> tuple[list[Maker], list[MakerOwner]]:
    """The makers of the taxonomy, and their owners."""
    found, owners = [], []
    for known in known_makers().values():
        maker = Maker(
            key=known.key,
            name=known.name_zh or known.name_en,
            name_en=known.name_en,
            aliases=list(known.aliases),
            brand_country=known.brand_country,
            city=known.city,
            founded_year=known.founded_year,
            **real("Liqi makers table", known.key, "CC0-1.0", {}, now, known.confidence),
        )
        found.append(maker)
        owners += [
            MakerOwner(
                maker=maker,
                owner=owner.owner,
                owner_country=owner.owner_country,
                from_on=owner.from_on,
                to_on=owner.to_on,
                source=f"Liqi makers table, confidence {owner.confidence}",
            )
            for owner in known.owners
        ]
    return found, owners


def institutions(now: datetime) -> list[Institution]:
    """Organisations of ROR: those with Chinese names first, then the world's that the example needs."""
    found: dict[str, Institution] = {}
    for row in (*table("institutions_cjk.csv"), *table("institutions_world.csv")):
        found.setdefault(
            row["ror_id"],
            Institution(
                key=row["ror_id"],
                ror_id=f"https://ror.org/{row['ror_id']}",
                name=row["name_zh"] or row["name"],
                name_en=row["name"],
                aliases=[alias for alias in row["aliases"].split("|") if alias],
                kind=row["kind"] if row["kind"] in InstitutionKind.values else InstitutionKind.OTHER,
                country=row["country"],
                province=row["province"],
                city=row["city"],
                latitude=number(row["latitude"]),
                longitude=number(row["longitude"]),
                website=row["website"],
                **real("ROR", row["ror_id"], "CC0-1.0", {"established": row["established"]}, now, "high"),
            ),
        )
    return list(found.values())
