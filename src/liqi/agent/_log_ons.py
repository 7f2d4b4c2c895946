"""Log-ons: who is at the PC, as its own system says, kept until the server knows."""

import hashlib
import os
import re
import subprocess
from datetime import datetime, timedelta

from ._journal import Journal

MOST = 200


def at_the_pc() -> list[str] | None:
    """The accounts that are logged on now, None where the system does not say."""
    words = ["quser"] if os.name == "nt" else ["who"]
    try:
        said = subprocess.run(words, capture_output=True, text=True, timeout=20, errors="replace", check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return accounts(said.stdout, windows=os.name == "nt")


def accounts(said: str, *, windows: bool) -> list[str]:
    """The accounts in what quser (Windows) or who (others) printed; a disconnected one is not at the PC.

    >>> accounts("lin  tty1  2026-11-22 08:00\\nlin  pts/0 2026-11-22 08:01\\n", windows=False)
    ['lin']
    """
    found = set()
    for number, line in enumerate(said.splitlines()):
        if windows and (number == 0 or re.search(r"\sDisc\s", line)):
            continue
        if words := line.lstrip("> ").split():
            found.add(words[0][:120])
    return sorted(found)


def note(journal: Journal, there: list[str], *, host: str, now: datetime, since: datetime | None) -> None:
    """The journal has a period for each account that is there, and an end for each that left.

    ``since`` is when it was looked at last: after a rest of more than 10 minutes a period ended then, not now.
    """
    rested = since is not None and now - since > timedelta(minutes=10)
    open_now = dict(journal.database.execute("select account, id from log_on where ended_at is null"))
    begins = dict(journal.database.execute("select id, started_at from log_on where ended_at is null"))
    with journal.together():
        for account, name in open_now.items():
            if account not in there or rested:
                ended = since if rested and since is not None else now
                began = datetime.fromisoformat(begins[name])
                ended = max(ended, began + timedelta(seconds=1))
                journal.database.execute(
                    "update log_on set ended_at = ?, told = 0 where id = ?", (ended.isoformat(), name)
                )
        for account in there:
            if account not in open_now or rested:
                name = f"{hashlib.sha256(f'{host}/{account}'.encode()).hexdigest()[:12]}-{now:%Y%m%dT%H%M%S}"
                journal.database.execute(
                    "insert or ignore into log_on (id, account, started_at) values (?, ?, ?)",
                    (name, account, now.isoformat()),
                )


def untold(journal: Journal) -> list[dict[str, str | None]]:
    """The periods that the server does not know as they are, oldest first."""
    rows = journal.database.execute(
        "select id, account, started_at, ended_at from log_on where told = 0 order by started_at limit ?", (MOST,)
    )
    return [dict(zip(("id", "account", "started_at", "ended_at"), row, strict=True)) for row in rows]


def tell(journal: Journal, told: list[dict[str, str | None]]) -> None:
    """The server knows these; those that are over are forgotten after a month."""
    with journal.together():
        for one in told:
            journal.database.execute(
                "update log_on set told = 1 where id = ? and ended_at is ?", (one["id"], one["ended_at"])
            )
