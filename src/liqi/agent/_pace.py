"""Pace: how long to wait after a failure, how fast to send, at which hours."""

import random
import time
from collections.abc import Callable

FIRST_S, LONGEST_S = 1.0, 300.0


def wait_after(failures: int, draw: Callable[[], float] = random.random) -> float:
    """Seconds to wait after so many failures in a row: doubled each time, at most 5 minutes, half of it by chance.

    Chance keeps a hundred agents apart when their server comes back. ``draw`` gives a number from 0 to 1.

    >>> wait_after(3, lambda: 1.0), wait_after(3, lambda: 0.0), wait_after(99, lambda: 1.0)
    (4.0, 2.0, 300.0)
    """
    longest = float(min(LONGEST_S, FIRST_S * 2 ** min(failures - 1, 20)))
    return longest / 2 + draw() * longest / 2


class Speed:
    """No more bytes than allowed go out, counted over a second or so."""

    def __init__(self, bytes_per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.clock = bytes_per_second, clock
        self.free_at = clock()

    def piece(self, longest: int) -> int:
        """How much to send at once, so that the line is never taken for much longer than a second."""
        return min(longest, max(64 << 10, self.limit)) if self.limit else longest

    def wait_after(self, count: int) -> float:
        """Seconds to wait when so many bytes have gone."""
        if not self.limit:
            return 0.0
        now = self.clock()
        self.free_at = max(self.free_at, now) + count / self.limit
        return max(0.0, self.free_at - now)


def is_open(window: tuple[int, int] | None, minute: int) -> bool:
    """Whether files may be sent at this minute of the day; a window may go over midnight.

    >>> is_open((1200, 420), 60), is_open((1200, 420), 600), is_open(None, 600)
    (True, False, True)
    """
    if window is None:
        return True
    first, last = window
    return first <= minute < last if first < last else minute >= first or minute < last
