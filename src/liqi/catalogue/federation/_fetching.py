"""Answers of other servers fetched without trust: only http(s), only public addresses, bounded in size and time.

The name is looked up once, every address of it is judged, and the connection goes to that very address: a name that
points elsewhere a moment later gains nothing. Each redirect is judged anew.
"""

import contextlib
import gzip
import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from liqi import __version__

MOST_BYTES = 64 * 1024 * 1024
MOST_REDIRECTS = 5
CONNECT_S = 15.0
READ_S = 60.0
WHOLE_S = 300.0
_CHUNK = 64 * 1024
_GONE_ON = (301, 302, 303, 307, 308)
USER_AGENT = f"Liqi/{__version__} (OAI-PMH harvester)"


class Refused(ValueError):
    """The address cannot be asked, and trying again would not help; the message says why and what to do."""


class Unreachable(ValueError):
    """The server gave no whole answer; it may later, in `retry_after_s` seconds where it said so."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Target:
    """An address that may be asked, with the network address that its name stood for when it was judged."""

    scheme: str
    host: str
    port: int
    path: str
    network: str


def fetch(url: str, *, allow_private: bool) -> bytes:
    """The body of the answer, unpacked; raises Refused or Unreachable."""
    deadline = time.monotonic() + WHOLE_S
    for _hop in range(MOST_REDIRECTS + 1):
        target = judged(url, allow_private=allow_private)
        try:
            further, body = _ask(target, deadline)
        except (OSError, http.client.HTTPException) as problem:
            said = str(problem) or type(problem).__name__
            raise Unreachable(
                _("%(host)s gave no whole answer (%(said)s); it is asked again.") % {"host": target.host, "said": said}
            ) from None
        if not further:
            return body
        url = urljoin(url, further)
    raise Refused(
        _("found more than %(most_redirects)s redirects, the last to %(url)s; give the address at its end.")
        % {"most_redirects": MOST_REDIRECTS, "url": url[:200]}
    )


def judged(url: str, *, allow_private: bool) -> Target:
    """The address with the network address to connect to; raises Refused where it must not be asked."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Refused(
            _("found the address %(found)r, which cannot be read; expected https://host/path.") % {"found": url[:200]}
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Refused(
            _("found the address %(found)r; expected http:// or https:// and a host, without a password.")
            % {"found": url[:200]}
        )
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Unreachable(
            _("the name %(host)r leads nowhere (%(reason)s); check the address.")
            % {"host": parts.hostname, "reason": getattr(problem, "strerror", None) or problem}
        ) from None
    networks = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not allow_private and (hidden := next((one for one in networks if not _public(one)), None)):
        raise Refused(
            _(
                "found %(found)s, which stands for the private address %(hidden)s; expected a public "
                "one; only a source of harvests can be allowed private addresses."
            )
            % {"found": parts.hostname, "hidden": hidden}
        )
    path = parts.path or "/"
    return Target(parts.scheme, parts.hostname, port, f"{path}?{parts.query}" if parts.query else path, networks[0])


def _public(network: str) -> bool:
    address = ipaddress.ip_address(network.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (mapped is None or mapped.is_global)


def _ask(target: Target, deadline: float) -> tuple[str, bytes]:
    """Where the server sends us on to, or the body."""
    line = _Line(target)
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), line.cut)
    watch.daemon = True
    watch.start()
    try:
        default = target.port == (443 if target.scheme == "https" else 80)
        host = f"[{target.host}]" if ":" in target.host else target.host
        line.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
        for name, value in (
            ("Host", host if default else f"{host}:{target.port}"),
            ("User-Agent", USER_AGENT),
            ("Accept", "text/xml, application/xml;q=0.9"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ):
            line.putheader(name, value)
        line.endheaders()
        with contextlib.closing(line.getresponse()) as response:
            if response.status in _GONE_ON and response.headers.get("Location"):
                return str(response.headers["Location"]), b""
            _judge_status(target, response)
            body = _body(response, deadline)
        if line.was_cut:
            raise Unreachable(
                _("found no end of the answer within %(whole_s)s s; it is asked again.") % {"whole_s": f"{WHOLE_S:.0f}"}
            )
        return "", body
    finally:
        watch.cancel()
        line.close()


def _judge_status(target: Target, response: http.client.HTTPResponse) -> None:
    if response.status == 200:
        return
    if response.status in (429, 500, 502, 503, 504):
        wait = _retry_after(response.headers.get("Retry-After"))
        raise Unreachable(
            _("%(host)s answered %(status)s %(reason)s; it is asked again.")
            % {"host": target.host, "status": response.status, "reason": response.reason},
            wait,
        )
    raise Refused(
        _("%(host)s answered %(status)s %(reason)s; expected 200; check the address with its keeper.")
        % {"host": target.host, "status": response.status, "reason": response.reason}
    )


def _retry_after(text: str | None) -> float | None:
    """Seconds to wait, given as such or as a date (RFC 9110, section 10.2.3)."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    packed = io.BytesIO()
    while chunk := response.read1(_CHUNK):
        packed.write(chunk)
        if packed.tell() > MOST_BYTES:
            raise Refused(
                _("found an answer of more than %(most)s MB; expected smaller pages of the list.")
                % {"most": MOST_BYTES // 2**20}
            )
        if time.monotonic() > deadline:
            raise Unreachable(
                _("found no end of the answer within %(whole_s)s s; it is asked again.") % {"whole_s": f"{WHOLE_S:.0f}"}
            )
    expected = response.headers.get("Content-Length")
    if expected and expected.isdecimal() and packed.tell() < int(expected):
        raise Unreachable(
            _("found %(found)s of %(expected)s bytes of the answer; it is asked again.")
            % {"found": packed.tell(), "expected": expected}
        )
    if response.headers.get("Content-Encoding", "").lower() not in ("gzip", "x-gzip"):
        return packed.getvalue()
    packed.seek(0)
    try:
        body = gzip.GzipFile(fileobj=packed).read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise Unreachable(_("found an answer whose gzip cannot be unpacked; it is asked again.")) from None
    if len(body) > MOST_BYTES:
        raise Refused(
            _("found an answer of more than %(most)s MB; expected smaller pages of the list.")
            % {"most": MOST_BYTES // 2**20}
        )
    return body


class _Line(http.client.HTTPConnection):
    """A connection to the network address that was judged, whatever the name stands for now."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=READ_S)
        self._target = target
        self.was_cut = False

    def connect(self) -> None:
        """The socket is open, with TLS for the name where the scheme asks for it."""
        line: Any = socket.create_connection((self._target.network, self._target.port), timeout=CONNECT_S)
        line.settimeout(READ_S)
        if self._target.scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=self._target.host)
        self.sock = line

    def cut(self) -> None:
        """The connection ends at once, whoever waits on it."""
        self.was_cut = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
