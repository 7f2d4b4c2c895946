"""Settings: what the agent watches, where it sends, and how gently; checked once, before anything is done."""

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

RULES = ("auto", "stable", "end")
LEFT_OUT = (
    "*.tmp", "*.temp", "*.part", "*.partial", "*.crdownload", "*.lock", "*.lck", "~$*", ".~*", ".*", "Thumbs.db",
    "desktop.ini",
)  # fmt: skip
"""Names of files that no instrument means to keep."""
UNITS = {"": 1, "k": 10**3, "kb": 10**3, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9}


class Unusable(ValueError):
    """The agent cannot start or go on like this; the message says what was found, what was expected, what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that somebody may choose."""

    folder: Path
    server: str
    token_file: Path
    state: Path
    rule: str = "auto"
    marker: str = ""
    """The name of the file that says that another is ready, with {name} or {stem} of the other in it."""
    quiet_seconds: float = 10
    scan_seconds: float = 5
    beat_seconds: float = 60
    patience_seconds: float = 24 * 3600
    """After so long a file that never got its end is sent as it is, and said to be without one."""
    pull: bool = False
    bytes_per_second: int = 0
    """At most so much is sent; 0 is no limit."""
    window: tuple[int, int] | None = None
    """Minutes of the day, local time, between which files are sent; None is always."""
    left_out: tuple[str, ...] = LEFT_OUT
    log_ons: bool = False
    ca: Path | None = None
    piece_bytes: int = 8 << 20
    timeout_seconds: float = 120
    host: str = field(default="", compare=False)

    @property
    def journal(self) -> Path:
        """Where the agent remembers how far each file is."""
        return self.state / "journal.sqlite3"

    def token(self) -> str:
        """The token, read anew each time so that a new one needs no restart; raises Unusable."""
        try:
            text = self.token_file.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise Unusable(
                f"{self.token_file}: found no token that can be read ({problem}); "
                "ask a steward of the instrument for one and save it there."
            ) from None
        if not re.fullmatch(r"[\x21-\x7e]{16,200}", text):
            raise Unusable(
                f"{self.token_file}: found {len(text)} letters, expected one token on one line; save it there again."
            )
        return text


def settings(
    folder: str, server: str, token_file: str, *, rule: str = "auto", state: str = "", bandwidth: str = "",
    window: str = "", pull: bool = False, quiet_seconds: float | None = None, ignore: tuple[str, ...] = (),
    ca: str = "", **more: float | bool,
) -> Settings:  # fmt: skip
    """The settings as typed, checked; raises Unusable."""
    watched = Path(folder).absolute()
    if not pull and not watched.is_dir():
        raise Unusable(f"{folder}: found no such folder, expected the one where the instrument saves; name that.")
    kept = Path(state).absolute() if state else default_state(watched)
    if kept == watched or watched in kept.parents:
        raise Unusable(f"{kept}: found the agent's own files inside the watched folder; choose another --state.")
    kind, _sign, marker = rule.partition("=")
    if not (kind in RULES and not marker) and not (kind == "marker" and ("{name}" in marker or "{stem}" in marker)):
        raise Unusable(
            f"found --rule {rule}, expected auto, stable, end, or marker= with {{name}} or {{stem}} in it, "
            "such as marker={stem}.done; choose one."
        )
    if ca and not Path(ca).is_file():
        raise Unusable(f"{ca}: found no such file, expected the certificate of the server's authority; name it.")
    quiet = (60.0 if pull else 10.0) if quiet_seconds is None else quiet_seconds
    return Settings(
        folder=watched, server=address(server), token_file=Path(token_file), state=kept, rule=kind, marker=marker,
        quiet_seconds=quiet, pull=pull, bytes_per_second=amount(bandwidth), window=hours(window),
        left_out=(*LEFT_OUT, *ignore), ca=Path(ca) if ca else None, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def default_state(watched: Path) -> Path:
    """A folder of the agent's own for each watched one, where services of the platform keep such things."""
    name = hashlib.sha256(os.fsencode(watched)).hexdigest()[:12]
    if os.name == "nt":
        home = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"))
    elif given := os.environ.get("STATE_DIRECTORY") or os.environ.get("XDG_STATE_HOME"):
        home = Path(given.partition(":")[0])
    else:
        home = Path("/var/lib") if os.geteuid() == 0 else Path.home() / ".local" / "state"
    return home / "liqi-agent" / name


def address(server: str) -> str:
    """The address of the server without a slash at its end; plain http only where nothing is between."""
    parts = urlsplit(server)
    try:
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        port_is_right = False
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_right or parts.query:
        raise Unusable(f"found --server {server}, expected an address such as https://liqi.example.org; correct it.")
    return server.rstrip("/")


def amount(text: str) -> int:
    """Bytes a second from such as 2MB, 500k or 0; raises Unusable."""
    if not text:
        return 0
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*?)(?:/s)?", text.strip().lower())
    if match is None or match[2] not in UNITS:
        raise Unusable(f"found --bandwidth {text}, expected bytes a second such as 2MB or 500k; correct it.")
    return int(float(match[1]) * UNITS[match[2]])


def hours(text: str) -> tuple[int, int] | None:
    """Minutes of the day from such as 20:00-07:00; raises Unusable."""
    if not text:
        return None
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if match is None or match[1] + match[2] == match[3] + match[4]:
        raise Unusable(f"found --window {text}, expected times of the day such as 20:00-07:00; correct it.")
    first, second = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return first, second
