"""A park with a project and a target on the boards of the observatory, and the addresses that show them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from liqi.observatory.models import Intake, Park, Project, Target

BARE = "boards pipeline screening pairs champions radar market benchmarks"


def make(now: datetime) -> None:
    """The records stand on the boards."""
    kept: dict[str, Any] = {"created_at": now, "updated_at": now}
    park = Park.objects.create(name="仪器园", place="青岛", focus="分析仪器", **kept)
    Project.objects.create(
        name="离子阱项目",
        park=park,
        fields="分析仪器",
        level=5,
        begun_on=date(2024, 1, 1),
        cost_cny=Decimal(10),
        **kept,
    )
    Intake.objects.create(board="demand", file_name="lines.csv", sha256="0" * 64, records=1, at=now)
    Target.objects.create(
        plan="规划",
        name="院所",
        park=park,
        amount=Decimal(100),
        begun_on=date(2024, 1, 1),
        due_on=date(2030, 1, 1),
        **kept,
    )


def deeds() -> dict[str, list[Any]]:
    """The named addresses that only take a form, with a record behind each."""
    return {
        "board_undo": ["targets", Target.objects.get().pk],
        "board_table_undo": ["demand", Intake.objects.get().pk],
    }


def addresses() -> dict[str, list[Any]]:
    """The named addresses with a record behind each."""
    return {
        **{name: [] for name in BARE.split()},
        "board": ["projects"],
        "board_record": ["targets", Target.objects.get().pk],
        "park": [Park.objects.get().pk],
    }
