"""The command: its options as data, so that `liqi agent` and `python -m liqi.agent` take the same."""

import argparse
import json
import signal
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any, NoReturn

from ._agent import Agent
from ._install import install_text
from ._journal import Journal
from ._locked import lock
from ._settings import Settings, Unusable, settings


@dataclass(frozen=True)
class Option:
    """One option: its flag, what it takes, what it is for."""

    flag: str
    help: str
    metavar: str = ""
    """Empty for one that is on or off."""
    kind: type = str
    default: Any = None
    many: bool = False

    @property
    def name(self) -> str:
        """The flag as a name."""
        return self.flag.removeprefix("--").replace("-", "_")


OPTIONS = (
    Option("--server", "The address of Liqi, such as https://liqi.example.org.", "URL"),
    Option("--token-file", "A file with the token that a steward of the instrument issued.", "FILE"),
    Option("--rule", "When a file is finished: auto, stable, end, or marker={stem}.done.", "RULE", default="auto"),
    Option("--quiet-seconds", "How long a file must stay unchanged (10; with --pull 60).", "S", float),
    Option("--scan-seconds", "How often the folder is listed.", "S", float, 5.0),
    Option("--beat-seconds", "How often the server hears from the agent.", "S", float, 60.0),
    Option("--patience-hours", "After so long a file without its end is sent as it is.", "H", float, 24.0),
    Option("--bandwidth", "Bytes a second at most, such as 2MB.", "RATE", default=""),
    Option("--window", "Send between these hours only, such as 20:00-07:00.", "HOURS", default=""),
    Option("--ignore", "Names to leave out, such as '*.log'; may be given again.", "PATTERN", many=True),
    Option("--state", "Where the agent keeps its journal (else the platform's folder).", "DIR", default=""),
    Option("--ca", "The certificate of the authority that the server's was signed by.", "FILE", default=""),
    Option("--pull", "The folder is a read-only share that comes and goes."),
    Option("--log-ons", "Also tell who is logged on at this PC."),
    Option("--once", "Send what is finished now, then end."),
    Option("--audit", "First ask for every confirmed file, and send again what the server lost."),
    Option("--install-text", "Print how to make it a service on this platform, and end."),
    Option("--json", "One JSON document on stdout when the agent ends."),
)
"""Every option, in the order of the help."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence and exit code 2."""
        raise Unusable(f"{message}; `{self.prog} --help` lists what can be said.")


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say; the exit code: 0, or 2 and one sentence where they cannot be followed."""
    parser = _Parser("liqi-agent", description="Watch the folder of an instrument and send its finished files to Liqi.")
    parser.add_argument("folder", metavar="DIR", help="The folder where the instrument saves.")
    for option in OPTIONS:
        if not option.metavar:
            parser.add_argument(option.flag, action="store_true", help=option.help)
        elif option.many:
            parser.add_argument(option.flag, action="append", default=[], metavar=option.metavar, help=option.help)
        else:
            parser.add_argument(
                option.flag, type=option.kind, default=option.default, metavar=option.metavar, help=option.help
            )
    try:
        return run(**vars(parser.parse_args(words)))
    except Unusable as problem:
        print(f"liqi-agent: {problem}", file=sys.stderr)
        return 2


def run(*, folder: str, **given: Any) -> int:
    """Run an agent with these options until it is told to end; raises Unusable."""
    for name in ("server", "token_file"):
        if not given.get(name):
            flag = name.replace("_", "-")
            raise Unusable(f"found no --{flag}, expected one; see --help.")
    if given["install_text"]:
        print(install_text(folder, given))
        return 0
    as_json, once, audit = given["json"], given["once"], given["audit"]
    chosen = settings(
        folder, given["server"], given["token_file"], rule=given["rule"], state=given["state"],
        bandwidth=given["bandwidth"], window=given["window"], pull=given["pull"], ca=given["ca"],
        quiet_seconds=_positive("--quiet-seconds", given["quiet_seconds"], least=0), ignore=tuple(given["ignore"]),
        log_ons=given["log_ons"], scan_seconds=_positive("--scan-seconds", given["scan_seconds"]),
        beat_seconds=_positive("--beat-seconds", given["beat_seconds"]),
        patience_seconds=3600 * _positive("--patience-hours", given["patience_hours"], least=0),
    )  # fmt: skip
    chosen.token()
    stop = Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if number := getattr(signal, name, None):
            signal.signal(number, lambda *_: stop.set())
    with lock(chosen.state):
        agent = _begin(chosen, stop)
        print(f"liqi-agent: watches {chosen.folder} for {chosen.server}; journal in {chosen.state}", file=sys.stderr)
        if audit:
            print(f"liqi-agent: {agent.audit()} files were missing at the server", file=sys.stderr)
        if once:
            facts = agent.once()
            agent.close()
        else:
            agent.run()
            facts = _at_the_end(agent)
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
    elif once:
        files = facts["files"]
        print(f"{files['confirmed']} confirmed, {facts['waiting']} waiting, {files['gone']} gone")
    return 0


def _begin(chosen: Settings, stop: Event) -> Agent:
    try:
        return Agent(chosen, stop=stop)
    except (OSError, sqlite3.Error) as problem:
        raise Unusable(
            f"{chosen.journal}: found no journal that can be written ({problem}); make room there."
        ) from None


def _at_the_end(agent: Agent) -> dict[str, Any]:
    agent.journal = Journal(agent.settings.journal)
    facts = agent.summary()
    agent.journal.close()
    return facts


def _positive(flag: str, value: float | None, least: float = 0.05) -> Any:
    if value is not None and not least <= value <= 1e7:
        raise Unusable(f"found {flag} {value:g}, expected at least {least:g}; correct it.")
    return value
