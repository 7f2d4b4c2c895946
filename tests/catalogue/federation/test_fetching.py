"""Answers of other servers are fetched without trust."""

import gzip
import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from liqi.catalogue.federation import _fetching
from liqi.catalogue.federation._fetching import Refused, Unreachable, fetch, judged

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@pytest.fixture
def server() -> Iterator[Any]:
    """A server on this machine whose `answer` a test sets; `address` is its root."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            made.answer(self)

        def log_message(self, *_words: Any) -> None:
            pass

    class Made:
        answer: Answer
        address = ""

        def __init__(self) -> None:
            self.asked: list[str] = []

    made = Made()
    line = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{line.server_port}"
    thread = threading.Thread(target=line.serve_forever, daemon=True)
    thread.start()
    yield made
    line.shutdown()
    line.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/oai",
        "http://localhost/oai",
        "http://[::1]/oai",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
    ],
)
def test_a_private_address_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises(Refused, match="private"):
        judged(url, allow_private=False)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "https://user:word@example.org/", "https://", "http://[::1", "x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        judged(url, allow_private=True)


def test_a_name_that_means_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        judged("http://two-faced.example.org/", allow_private=False)


def test_the_connection_goes_to_the_address_that_was_judged(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answer = says(200, b"here")
    port = int(server.address.rpartition(":")[2])
    looked_up: list[str] = []

    def once(host: str, *_words: Any, **_more: Any) -> list[Any]:
        looked_up.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(_fetching.socket, "getaddrinfo", once)
    monkeypatch.setattr(_fetching.socket, "create_connection", lambda where, timeout: _connected(where, timeout))
    assert fetch(f"http://name.example.org:{port}/", allow_private=True) == b"here"
    assert looked_up == ["name.example.org"]


def _connected(where: tuple[str, int], timeout: float) -> socket.socket:
    line = socket.socket()
    line.settimeout(timeout)
    line.connect(where)
    return line


def test_a_redirect_to_a_private_address_is_refused(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answer = says(302, Location="http://169.254.169.254/")
    real = _fetching.judged

    def first_is_public(url: str, *, allow_private: bool) -> Any:
        return real(url, allow_private=url.startswith(server.address))

    monkeypatch.setattr(_fetching, "judged", first_is_public)
    with pytest.raises(Refused, match="private"):
        fetch(f"{server.address}/oai", allow_private=False)


def test_redirects_without_end_are_refused(server: Any) -> None:
    server.answer = says(302, Location="/again")
    with pytest.raises(Refused, match="redirects"):
        fetch(server.address, allow_private=True)
    assert len(server.asked) == _fetching.MOST_REDIRECTS + 1


def test_packed_answers_are_unpacked_and_bombs_are_not(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fetching, "MOST_BYTES", 100_000)
    server.answer = says(200, gzip.compress(b"<a/>"), Content_Encoding="gzip")
    assert fetch(server.address, allow_private=True) == b"<a/>"
    server.answer = says(200, gzip.compress(b"0" * 10_000_000), Content_Encoding="gzip")
    with pytest.raises(Refused, match="more than"):
        fetch(server.address, allow_private=True)
    server.answer = says(200, b"0" * 200_000)
    with pytest.raises(Refused, match="more than"):
        fetch(server.address, allow_private=True)


def test_an_answer_cut_short_is_told_from_a_whole_one(server: Any) -> None:
    server.answer = says(200, b"half", Content_Length="8")
    with pytest.raises(Unreachable):
        fetch(server.address, allow_private=True)
    server.answer = says(200, gzip.compress(b"<a/>" * 100)[:-9], Content_Encoding="gzip")
    with pytest.raises(Unreachable):
        fetch(server.address, allow_private=True)


@pytest.mark.parametrize(("said", "seconds"), [("12", 12.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None)])
def test_a_busy_server_says_when_to_come_again(server: Any, said: str, seconds: float | None) -> None:
    server.answer = says(503, Retry_After=said)
    with pytest.raises(Unreachable) as caught:
        fetch(server.address, allow_private=True)
    assert caught.value.retry_after_s == seconds


def test_a_refusal_is_not_asked_again(server: Any) -> None:
    server.answer = says(404)
    with pytest.raises(Refused, match="404"):
        fetch(server.address, allow_private=True)


def test_an_answer_that_drips_ends_at_the_limit(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fetching, "WHOLE_S", 1.0)

    def drip(request: http.server.BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(b"HTTP/1.0 200 OK\r\n")
            for _ in range(100):
                request.wfile.write(b"X: y\r\n")
                time.sleep(0.1)
        except OSError:
            pass

    server.answer = drip
    began = time.monotonic()
    with pytest.raises(Unreachable):
        fetch(server.address, allow_private=True)
    assert time.monotonic() - began < 5


def test_a_closed_port_is_told() -> None:
    with pytest.raises(Unreachable):
        fetch("http://127.0.0.1:9/", allow_private=True)
