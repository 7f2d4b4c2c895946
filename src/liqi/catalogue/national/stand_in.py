"""A server that answers as the national platform does, to try and test against: it keeps records in memory alone.

It checks what it is sent by itself, apart from the preflight, and gives the platform's own status codes: 100 taken,
101 filled in wrong (customs before its instrument, locked, a field against its rule), 200 unknown institution, 201
unknown type, 202 an envelope that cannot be read, 203 a token that cannot be verified, 204 other, 301 database.
"""

import json
import random
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from liqi.catalogue.exchange.national import dictionary

TAKEN, WRONG, NO_INSTITUTION, NO_TYPE, BAD_FORMAT, NOT_VERIFIED, OTHER, DATABASE = (
    *("100", "101", "200", "201", "202", "203", "204", "301"),
)
MOST_BYTES = 20_000_000
_KEYS = {
    "5": ("innerId", "declarationNumber", "itemNumber"),
    "6": ("recordInnerId",),
    "7": ("year",),
}
_PATTERNS = {
    "decimal": r"\d+(\.\d+)?",
    "percent": r"\d+(\.\d+)?",
    "int": r"\d+",
    "date": r"\d{4}-\d{2}-\d{2}",
    "datetime": r"\d{4}-\d{2}-\d{2} \d{2}",
}


class Platform:
    """What the stand-in holds, and its answers; `unsteady` is the share of requests that meet a database fault."""

    def __init__(
        self, ins_codes: set[str], *, token: str = "", unsteady: float = 0.0, seed: int = 1, delay_s: float = 0.0
    ) -> None:
        self.ins_codes, self.token, self.unsteady, self.delay_s = ins_codes, token, unsteady, delay_s
        self.held: dict[tuple[str, str, tuple[str, ...]], dict[str, Any]] = {}
        self.requests: list[tuple[str, str, str]] = []
        """Type, key and code of every record that was sent, in order."""
        self._lock = threading.Lock()
        self._chance = random.Random(seed)

    def answer(self, verb: str, content: bytes, token: str) -> dict[str, Any]:
        """The platform's answer to one request."""
        if self.token and token != self.token:
            return said(NOT_VERIFIED)
        try:
            envelope = json.loads(content)
            ins_code, kind, data = str(envelope["insCode"]), str(envelope["type"]), envelope["data"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return said(BAD_FORMAT)
        if not isinstance(data, dict):
            return said(BAD_FORMAT)
        if ins_code not in self.ins_codes:
            return said(NO_INSTITUTION)
        if kind not in dictionary.RECORDS.values() or kind == dictionary.RECORDS["service_unit"]:
            return said(NO_TYPE)
        identity = (ins_code, kind, tuple(str(data.get(name, "")) for name in _KEYS.get(kind, ("innerId",))))
        with self._lock:
            if verb == "push":
                found = self._push(identity, data)
                self.requests.append((kind, "/".join(identity[2]), found["code"]))
                return found
            return self._query(identity) if verb == "query" else self._reject(identity, str(data.get("reason", "")))

    def _push(self, identity: tuple[str, str, tuple[str, ...]], data: dict[str, Any]) -> dict[str, Any]:
        if self._chance.random() < self.unsteady:
            return said(DATABASE)
        ins_code, kind, _key = identity
        there = self.held.get(identity)
        if there is not None and there.get("auditStatus") == "0":
            return said(WRONG, "该记录已提交，不能修改")
        if wrong := fault(kind, data):
            return said(WRONG, wrong)
        if kind in ("5", "6") and (ins_code, "4", (str(data.get("innerId", "")),)) not in self.held:
            return said(WRONG, "请先推送仪器")
        self.held[identity] = dict(data)
        return said(TAKEN)

    def _query(self, identity: tuple[str, str, tuple[str, ...]]) -> dict[str, Any]:
        there = self.held.get(identity)
        return said(WRONG, "没有该记录") if there is None else {**said(TAKEN), "data": there}

    def _reject(self, identity: tuple[str, str, tuple[str, ...]], reason: str) -> dict[str, Any]:
        """What an official of the platform does: the record is open again."""
        there = self.held.get(identity)
        if there is None:
            return said(WRONG, "没有该记录")
        there["auditStatus"] = "-1"
        return said(TAKEN, reason)


def said(code: str, message: str = "") -> dict[str, Any]:
    """An answer: code, and the platform's words for it where there are none of its own."""
    return {"code": code, "message": message or dictionary.word("push_status", code)}


def fault(kind: str, data: dict[str, Any]) -> str:
    """What is wrong with the fields of a record in the platform's language, blank when nothing is."""
    record = dictionary.record_of(kind)
    for key, field in dictionary.fields(record).items():
        value = data.get(key, "")
        if field.dropped or isinstance(value, dict | list):
            continue
        text = str(value)
        if not text:
            if field.required or field.none_allowed:
                return f"{field.label}不能为空"
            continue
        if text == dictionary.NONE:
            continue
        if field.longest is not None and len(text) > field.longest:
            return f"{field.label}不能超过{field.longest}个字符"
        if field.choices and field.kind == "enum" and text not in (*field.choices, *field.choices.values()):
            return f"{field.label}不在可选范围内"
        if (pattern := _PATTERNS.get(field.kind)) and not re.fullmatch(pattern, text):
            return f"{field.label}格式不正确"
        if field.digits is not None and not re.fullmatch(rf"\d{{1,{field.digits}}}", text):
            return f"{field.label}格式不正确"
    return _beyond(kind, data)


def _beyond(kind: str, data: dict[str, Any]) -> str:
    code = str(data.get("instrCategory", ""))
    if kind == "4" and (not re.fullmatch(r"\d{6}", code) or (code.endswith("99") and code != "990000")):
        return "仪器分类编码不正确"
    if kind == "4" and len(re.split("[,，]", str(data.get("funds", "")))) > dictionary.MOST_OF_LIST:
        return "主要购置经费来源最多选择4项"
    if kind == "5" and not re.fullmatch(r"\d{18}", str(data.get("declarationNumber", ""))):
        return "进口报关单编号应为18位数字"
    if kind == "6" and not str(data.get("serviceTime", "")) < str(data.get("endTime", "")):
        return "服务结束时间应晚于服务开始时间"
    return ""


class _Requests(BaseHTTPRequestHandler):
    """One request: POST /push, /query or /reject with an envelope."""

    server: "Server"

    def do_POST(self) -> None:
        """The platform's answer, always with HTTP 200 where the path is known."""
        verb = self.path.strip("/").rsplit("/", 1)[-1]
        size = self.headers.get("Content-Length", "")
        if verb not in ("push", "query", "reject") or not size.isdigit() or int(size) > MOST_BYTES:
            self.send_error(404 if verb not in ("push", "query", "reject") else 413)
            return
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        found = self.server.platform.answer(verb, self.rfile.read(int(size)), token)
        if verb == "push" and self.server.platform.delay_s:
            time.sleep(self.server.platform.delay_s)
        body = json.dumps(found, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: Any) -> None:
        """Nothing: the answers are kept in `Platform.requests`."""


class Server(ThreadingHTTPServer):
    """The stand-in on a port of this machine; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, platform: Platform, port: int = 0) -> None:
        self.platform = platform
        super().__init__(("127.0.0.1", port), _Requests)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is no event."""
