"""The agent: looks, decides, sends, tells, for as long as it runs; one thing after another."""

import contextlib
import platform
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

from . import _log_ons
from ._journal import CONFIRMED, GONE, HASHING, READY, SEEN, SENDING, SENT, WAITING, File, Journal
from ._noticing import Scanned, judge, scan
from ._pace import Speed, is_open, wait_after
from ._scan import look
from ._sending import Interrupted, Way
from ._settings import Settings, Unusable
from ._source import Changed
from ._wire import VERSION, Elsewhere, Lost, Refused, Server, TurnedAway, Unreachable, WrongSum

AGAIN_AFTER_REFUSAL_S = 3600.0
LONGEST_REST_S = 86_400.0
LONGEST_WAIT_OF_ONE_RUN_S = 60.0
TURNED_AWAY_S = 600.0


class Agent:
    """One agent on one folder, with one journal."""

    def __init__(
        self, settings: Settings, *, stop: Event | None = None, clock: Callable[[], float] = time.time,
        say: Callable[[str], None] = lambda words: print(words, file=sys.stderr, flush=True),
    ) -> None:  # fmt: skip
        self.settings, self.clock, self.say = replace(settings, host=platform.node()), clock, say
        self.stop = stop or Event()
        self.journal = Journal(settings.journal)
        self.server = Server(self.settings)
        self.speed = Speed(settings.bytes_per_second)
        self.way = Way(self.settings, self.journal, self.server, self.speed, self._between)
        self.scanned = Scanned()
        self.scanned_at: float | None = None
        self.scan_due = self.beat_due = self.resume_at = 0.0
        self.failures = 0
        self.trouble = ""
        self.looked_at: datetime | None = None
        if self.journal.broken:
            say(
                f"liqi-agent: the journal was torn; it is kept as {self.journal.broken.name}, "
                "and the server is asked for every file"
            )

    def run(self) -> None:
        """Work until told to stop."""
        while not self.stop.is_set():
            try:
                self.tick()
                busy = self.work()
            except sqlite3.OperationalError as problem:  # the agent's own disk is full, or somebody holds the journal
                self._tell(f"the journal cannot be written ({problem}); nothing is lost, it is tried again")
                busy = False
                self.stop.wait(5)
            if not busy:
                self.stop.wait(self._rest_until())
        self.close()

    def once(self) -> dict[str, Any]:
        """All that is finished now is sent, then the agent ends; raises Unusable where the server is not reached.

        It ends too where the server asks for a long rest, as with a full disk, and tries every file when it runs again.
        """
        self.journal.hurry()
        for _ in range(2):
            self.scan_due = 0
            self.tick()
            self.stop.wait(max(1.0, self.settings.quiet_seconds))
        self.scan_due = self.beat_due = 0
        self.tick()
        while not self.stop.is_set() and self.failures < 3:
            if not self.work():
                rest = self.resume_at - time.monotonic()
                if not 0 < rest <= LONGEST_WAIT_OF_ONE_RUN_S:
                    break
                self.stop.wait(rest)
        waits = sum(count for state, (count, _size) in self.journal.counts().items() if state in WAITING)
        if self.failures and waits:
            raise Unusable(f"{waits} files wait: {self.trouble}. They are sent when the agent runs again.")
        self.beat_due = self.resume_at = 0
        self.tick()
        return self.summary()

    def close(self) -> None:
        """Connection and journal are closed."""
        self.server.close()
        self.journal.close()

    def tick(self) -> None:
        """The folder is scanned and the server told how the agent is, each when its time has come."""
        if time.monotonic() >= self.scan_due:
            now = self.clock()
            self.scanned = scan(self.journal, self.settings, now=now)
            if self.scanned.is_there:
                self.scanned_at = now
                judge(self.journal, self.settings, now=now)
            self._give_up(self.scanned.changed)
            if self.settings.log_ons:
                self._look_at_log_ons()
            self.scan_due = time.monotonic() + self.settings.scan_seconds
        if time.monotonic() >= max(self.beat_due, self.resume_at):
            self.beat_due = time.monotonic() + self.settings.beat_seconds
            self._asked(self._beat)

    def work(self) -> bool:
        """One file is taken one step further; False where there is nothing to do now."""
        if not self.scanned.is_there:
            return False
        now = self.clock()
        may_send = self._may_send()
        for file in self.journal.waiting(SENT, SENDING, now=now, most=1) if may_send else []:
            return self._do(file, self.way.confirm if file.state == SENT else self.way.send)
        for file in self.journal.waiting(HASHING, READY, now=now, most=1):
            return self._do(file, self.way.hash)
        return False

    def audit(self) -> int:
        """Every confirmed file that the server does not have is sent again; gives how many."""
        missing = [file for file in list(self.journal.confirmed()) if self.server.known(file.sha256) is None]
        for file in missing:
            self.journal.change(file.path, state=READY, location="", offset=0, confirmed_at=None)
        return len(missing)

    def summary(self) -> dict[str, Any]:
        """What the agent says of itself, for people and for the server."""
        counts, oldest = self.journal.counts(), self.journal.oldest()
        waits = [counts.get(state, (0, 0)) for state in WAITING]
        free = None
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(self.settings.state).free
        return {
            "version": VERSION, "host": self.settings.host, "python": platform.python_version(),
            "folder": str(self.settings.folder), "rule": self.settings.rule, "pull": self.settings.pull,
            "at": self.clock(), "scanned_at": self.scanned_at, "share": "there" if self.scanned.is_there else "gone",
            "files": {state: counts.get(state, (0, 0))[0] for state in (*WAITING, CONFIRMED, GONE)},
            "waiting": sum(count for count, _ in waits), "waiting_bytes": sum(size for _, size in waits),
            "confirmed_bytes": counts.get(CONFIRMED, (0, 0))[1], "oldest_at": oldest,
            "skew_s": None if self.server.skew_s is None else round(self.server.skew_s, 1),
            "disk_free_bytes": free, "sends_now": is_open(self.settings.window, self._minute()),
            "beat_s": self.settings.beat_seconds, "unreadable": self.scanned.unreadable[:10],
            "troubles": [{"path": file.name, "reason": file.reason[:300]} for file in self.journal.troubled()],
        }  # fmt: skip

    def _do(self, file: File, step: Callable[[File], File]) -> bool:
        try:
            self._asked(lambda: step(file), of=file)
        except Interrupted:
            return False
        except Changed:
            self._changed(file)
        except (FileNotFoundError, PermissionError, OSError) as problem:
            self._rest(file, f"cannot be read: {problem.strerror or problem}", 10.0)
        return True

    def _asked(self, question: Callable[[], object], of: File | None = None) -> None:
        """The question was asked; what the server had against it decides who rests: the file, or the agent."""
        try:
            question()
            self.failures, self.trouble = 0, ""
        except Unreachable as problem:
            self.failures += 1
            seconds = problem.again_s or wait_after(self.failures, random.random)
            self._pause(str(problem), seconds)
            if of is not None:  # another file is tried first, should it be this one that the server cannot take
                self._rest(of, "", 2 * seconds)
        except (TurnedAway, Unusable) as problem:
            self.failures += 1
            self._pause(str(problem), min(TURNED_AWAY_S, wait_after(self.failures + 3, random.random)))
        except (Lost, Elsewhere) as problem:
            if of is None:
                return self._tell(f"{problem}; files are sent all the same")
            self.journal.change(of.path, state=SENDING, location="", offset=0)
            self._rest(of, str(problem), wait_after(of.attempts + 1, random.random))
        except WrongSum as problem:
            if of is not None:
                self.journal.change(of.path, state=READY, location="")
                self._rest(of, str(problem), wait_after(of.attempts + 1, random.random))
        except Refused as problem:
            if of is not None:
                self._rest(of, str(problem), min(LONGEST_REST_S, AGAIN_AFTER_REFUSAL_S * 2 ** min(of.attempts, 5)))
        return None

    def _rest(self, file: File, reason: str, seconds: float) -> None:
        now = self.clock()
        self.journal.change(file.path, attempts=file.attempts + 1, retry_at=now + seconds, reason=reason)
        if reason:
            self._tell(f"{file.name}: {reason}")

    def _pause(self, words: str, seconds: float) -> None:
        self.resume_at = time.monotonic() + seconds
        self._tell(words)

    def _tell(self, words: str) -> None:
        """The same trouble is said once."""
        if words != self.trouble:
            self.trouble = words
            self.say(f"liqi-agent: {words}")

    def _changed(self, file: File) -> None:
        """The file is begun anew as it is now; what was sent of it is given up."""
        before = self.journal.get(file.path) or file
        entry = look(self.settings.folder, file.path, is_run=file.is_run, by_identity=not self.settings.pull)
        if entry is not None:
            self.journal.see(
                path=entry.path, folder=entry.folder, is_run=entry.is_run, sign=entry.sign, size=entry.size,
                modified_ns=entry.modified_ns, now=self.clock(),
            )  # fmt: skip
        else:
            self.journal.change(file.path, state=GONE, reason="gone")
        self._give_up([before])

    def _give_up(self, files: list[File]) -> None:
        for file in files:
            with contextlib.suppress(Unreachable, TurnedAway, Refused, Elsewhere, WrongSum, Unusable):
                self.way.give_up(file)

    def _between(self, seconds: float, is_sending: bool) -> None:
        """After each piece: rest as long as the speed wants, look and tell where it is time, stop where asked."""
        if seconds:
            self.stop.wait(seconds)
        self.tick()
        if self.stop.is_set() or (is_sending and not is_open(self.settings.window, self._minute())):
            raise Interrupted

    def _rest_until(self) -> float:
        """Seconds until something may be due."""
        now = time.monotonic()
        due = [self.scan_due, max(self.beat_due, self.resume_at)]
        due += [self.resume_at] if self.resume_at > now else []
        return max(0.05, min(due) - now)

    def _may_send(self) -> bool:
        return time.monotonic() >= self.resume_at and is_open(self.settings.window, self._minute())

    def _minute(self) -> int:
        local = time.localtime(self.clock())
        return local.tm_hour * 60 + local.tm_min

    def _beat(self) -> None:
        self.server.beat(self.summary())
        if not self.settings.log_ons:
            return
        if told := _log_ons.untold(self.journal):
            with contextlib.suppress(Refused):  # the server will not have these; newer ones may be right
                self.server.log_ons(told)
            _log_ons.tell(self.journal, told)

    def _look_at_log_ons(self) -> None:
        now = datetime.fromtimestamp(self.clock(), UTC)
        if self.looked_at is None or (now - self.looked_at).total_seconds() >= min(60, self.settings.beat_seconds):
            there = _log_ons.at_the_pc()
            if there is not None:
                _log_ons.note(self.journal, there, host=self.settings.host, now=now, since=self.looked_at)
            self.looked_at = now


__all__ = ["SEEN", "Agent"]
