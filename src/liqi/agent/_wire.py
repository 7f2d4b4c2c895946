"""The wire: what the agent says to the server, over one kept connection to one host; tus 1.0.0 and a heartbeat."""

import base64
import hashlib
import http.client
import json
import ssl
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from ._settings import Settings

VERSION = "1"
TUS = "1.0.0"
BODY = "application/offset+octet-stream"
WRONG_SUM = 460
ANSWER_BYTES = 1 << 20


class Unreachable(Exception):
    """The server cannot be asked now; ``again_s`` is what it said of when to come again."""

    def __init__(self, words: str, again_s: float | None = None) -> None:
        self.again_s = again_s
        super().__init__(words)


class TurnedAway(Exception):
    """The token is not taken; nothing can be sent until there is another."""


class Refused(Exception):
    """This file is not taken; others may be."""


class Lost(Exception):
    """The server knows nothing of this upload any more."""


class Elsewhere(Exception):
    """The upload is not where the agent thought; ``offset`` is where, None where the server did not say."""

    def __init__(self, offset: int | None) -> None:
        self.offset = offset
        super().__init__("the upload is elsewhere")


class WrongSum(Exception):
    """The bytes that came are not those that were sent."""


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Far:
    """How far an upload is; ``sha256`` is that of the whole file once the server keeps it."""

    location: str
    offset: int
    sha256: str


class Server:
    """One server, asked one thing at a time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        parts = urlsplit(settings.server)
        self.parts, self.prefix = parts, parts.path.rstrip("/")
        self.connection: http.client.HTTPConnection | None = None
        self.skew_s: float | None = None
        """How far the agent's clock is ahead of the server's, in seconds; None before the first answer."""

    def create(self, *, name: str, size: int, sha256: str, modified: str, entire: bool, first: bytes) -> Far:
        """The server has an upload of this file, the one it had where there is one; a first piece goes along."""
        facts = {"filename": name, "sha256": sha256, "modified": modified, "entire": "yes" if entire else "no"}
        if self.skew_s is not None:
            facts["skew"] = f"{self.skew_s:.1f}"
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items())
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
        if first:
            headers |= {"Content-Type": BODY, "Upload-Checksum": _checksum(first)}
        return self._far(self._ask("POST", "/uploads/", headers, first))

    def known(self, sha256: str) -> Far | None:
        """How far these bytes came whatever became of their upload's address, None where the server never had any."""
        try:
            return self._far(self._ask("HEAD", f"/uploads/sha256/{sha256}/", {}))
        except Lost:
            return None

    def far(self, location: str) -> Far:
        """How far the upload is; raises Lost."""
        return self._far(self._ask("HEAD", location, {}), location)

    def append(self, location: str, offset: int, piece: bytes) -> Far:
        """The piece is on the server's disk; raises Elsewhere, WrongSum, Lost."""
        headers = {"Upload-Offset": str(offset), "Content-Type": BODY, "Upload-Checksum": _checksum(piece)}
        return self._far(self._ask("PATCH", location, headers, piece), location)

    def drop(self, location: str) -> None:
        """The upload is given up."""
        self._ask("DELETE", location, {})

    def beat(self, report: Mapping[str, Any]) -> None:
        """The server knows how the agent is."""
        before = time.time()
        answer = self._ask("POST", "/api/agents/heartbeat", {"Content-Type": "application/json"}, _json(report))
        try:
            at = float(json.loads(answer.text)["at"])
        except (ValueError, KeyError, TypeError):
            return
        self.skew_s = (before + time.time()) / 2 - at

    def log_ons(self, told: list[dict[str, Any]]) -> None:
        """The server knows who was logged on at this PC."""
        self._ask("POST", "/api/metering/log-ons", {"Content-Type": "application/json"}, _json({"log_ons": told}))

    def close(self) -> None:
        """The connection is closed; the next question opens another."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _far(self, answer: Answer, location: str = "") -> Far:
        try:
            offset = int(answer.headers["upload-offset"])
        except (KeyError, ValueError):
            raise Unreachable(
                f"found an answer without Upload-Offset from {self.settings.server}, expected Liqi there; "
                "check the address."
            ) from None
        return Far(
            location or self._path(answer.headers.get("location", "")), offset, answer.headers.get("liqi-sha256", "")
        )

    def _path(self, location: str) -> str:
        """The path alone: bytes and token never go to another host than the one that was named."""
        path = urlsplit(location).path
        return path.removeprefix(self.prefix) if self.prefix else path

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        token = self.settings.token()
        headers = {
            **headers,
            "Authorization": f"Bearer {token}",
            "Tus-Resumable": TUS,
            "User-Agent": f"liqi-agent/{VERSION}",
            "Accept-Language": "en",
        }
        try:
            answer = self._once(method, path, headers, body)
        except (OSError, http.client.HTTPException, ssl.SSLError) as problem:
            self.close()
            said = str(problem) or type(problem).__name__
            raise Unreachable(f"{self.settings.server} does not answer ({said})") from None
        self._heed(answer)
        return answer

    def _once(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        is_kept = self.connection is not None
        connection = self.connection = self.connection or self._connect()
        try:
            connection.request(method, quote(self.prefix + path, safe="/%-._~"), body=body or None, headers=headers)
            response = connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if not is_kept:
                raise
            return self._once(method, path, headers, body)  # a kept connection may have been closed while it rested
        text = response.read(ANSWER_BYTES).decode("utf-8", "replace")
        if response.will_close:
            self.close()
        said = {name.lower(): value for name, value in response.getheaders()}
        if self.skew_s is None and "date" in said:
            try:
                self.skew_s = time.time() - parsedate_to_datetime(said["date"]).timestamp()
            except (TypeError, ValueError):
                self.skew_s = None
        return Answer(response.status, said, text)

    def _connect(self) -> http.client.HTTPConnection:
        host, port, wait = str(self.parts.hostname), self.parts.port, self.settings.timeout_seconds
        if self.parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=wait)
        context = ssl.create_default_context(cafile=str(self.settings.ca) if self.settings.ca else None)
        proxy = urllib.request.getproxies().get("https", "")
        if not proxy or urllib.request.proxy_bypass(host):
            return http.client.HTTPSConnection(host, port, timeout=wait, context=context)
        through = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        connection = http.client.HTTPSConnection(str(through.hostname), through.port, timeout=wait, context=context)
        connection.set_tunnel(host, port or 443)
        return connection

    def _heed(self, answer: Answer) -> None:
        status, text = answer.status, " ".join(answer.text.split())[:300]
        if 200 <= status < 300:
            return
        words = f"{self.settings.server} said {status}: {text}" if text else f"{self.settings.server} said {status}"
        if status in (401, 403):
            raise TurnedAway(words)
        if status in (404, 410):
            raise Lost(words)
        if status == 409:
            said = answer.headers.get("upload-offset", "")
            raise Elsewhere(int(said) if said.isdecimal() else None)
        if status == WRONG_SUM:
            raise WrongSum(words)
        if status in (408, 423, 425, 429) or status >= 500 or 300 <= status < 400:
            raise Unreachable(words, _again(answer.headers.get("retry-after", "")))
        raise Refused(words)


def _again(header: str) -> float | None:
    """Seconds to wait, from a number or a date."""
    if header.strip().isdecimal():
        return min(float(header), 86_400.0)
    try:
        return min(max(0.0, parsedate_to_datetime(header).timestamp() - time.time()), 86_400.0)
    except (TypeError, ValueError):
        return None


def _checksum(piece: bytes) -> str:
    return f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}"


def _json(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False).encode("utf-8", "replace")
