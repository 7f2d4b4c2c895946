"""What only a whole file shows: costs far above the rest, one serial number many times; said, never changed."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext as _

from liqi.catalogue.exchange import Draft, Problem

FAR = 100
"""So many times the median of its class (or of the file, where the class has few) makes a cost an outlier."""
_ENOUGH = 8
_OFTEN = 5
_LONGEST_SERIAL = 4
_MOST_SAID = 200


class Watch:
    """Gathers costs and short serial numbers while the rows go by."""

    def __init__(self) -> None:
        self._costs: dict[str, array[float]] = defaultdict(lambda: array("d"))
        self._rows: dict[str, array[int]] = defaultdict(lambda: array("Q"))
        self._serials: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def see(self, draft: Draft) -> None:
        """The row's cost and serial number count."""
        if draft.kind != "instrument":
            return
        cost = draft.fields.get("value_cny")
        cost = draft.seen_cost if cost is None else cost
        if cost:
            code = draft.fields.get("class_code", "")
            self._costs[code].append(float(cost))
            self._rows[code].append(draft.row)
        serial = str(draft.fields.get("serial", ""))
        if serial and len(serial) <= _LONGEST_SERIAL:
            self._serials[serial] += 1
            self._first.setdefault(serial, draft.row)

    def remarks(self) -> Iterator[Problem]:
        """What the file as a whole shows."""
        for serial, count in self._serials.most_common():
            if count < _OFTEN:
                break
            yield Problem(
                self._first[serial],
                "serial",
                "serial_repeated",
                _("found the serial number %(serial)r in %(count)s rows, here first; kept; are these counted parts?")
                % {"serial": serial, "count": count},
                fatal=False,
            )
        yield from self._outliers()

    def _outliers(self) -> Iterator[Problem]:
        every = np.concatenate([np.frombuffer(costs) for costs in self._costs.values()] or [np.empty(0)])
        if len(every) < _ENOUGH:
            return
        of_file, said = float(np.median(every)), 0
        for code, costs in self._costs.items():
            enough = len(costs) >= _ENOUGH and code
            usual = float(np.median(np.frombuffer(costs))) if enough else of_file
            for row, cost in zip(self._rows[code], costs, strict=True):
                if cost > FAR * usual and said < _MOST_SAID:
                    said += 1
                    yield Problem(
                        row,
                        "value_cny",
                        "cost_outlier",
                        _far_out(of_class=bool(enough))
                        % {
                            "found": f"{cost:,.2f}",
                            "times": f"{cost / usual:,.0f}",
                            "usual": f"{usual:,.2f}",
                        },
                        fatal=False,
                    )


def _far_out(*, of_class: bool) -> str:
    if of_class:
        return _(
            "found %(found)s, %(times)s times the median of its class (%(usual)s); kept; is a comma or unit wrong?"
        )
    return _("found %(found)s, %(times)s times the median of the file (%(usual)s); kept; is a comma or unit wrong?")
