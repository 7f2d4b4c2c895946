"""The example's inbox: files of an instrument whose owner nobody could tell; made up, and marked so."""

from datetime import datetime, timedelta
from hashlib import sha256

from liqi.access.models import Agent
from liqi.answers.models import Arrival

__all__ = ["load"]

FILES: tuple[tuple[str, int, str], ...] = (
    ("2026/QC_blank_03.mzML", 4_811_236, Arrival.Why.NOBODY),
    ("2026/green_tea_07.mzML", 9_204_518, Arrival.Why.SEVERAL),
    ("2026/standard_mix_10ppb.mzML", 7_390_027, Arrival.Why.CONFLICT),
)
"""Path, bytes, why it waits."""


def load(*, now: datetime) -> int:
    """Files wait in the inbox of the example's agent; how many. A second time adds nothing."""
    agent = Agent.objects.filter(synthetic=True).select_related("instrument").order_by("pk").first()
    if agent is None or Arrival.objects.filter(synthetic=True).exists():
        return 0
    rows = [
        Arrival(
            instrument=agent.instrument, agent=agent, path=path, sha256=sha256(path.encode()).hexdigest(), size=size,
            modified_at=now - timedelta(hours=7 * (place + 1)), arrived_at=now - timedelta(hours=7 * place + 6),
            why=why, synthetic=True,
        )
        for place, (path, size, why) in enumerate(FILES)
    ]  # fmt: skip
    return len(Arrival.objects.bulk_create(rows))
