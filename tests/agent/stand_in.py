"""A server that answers as Liqi does, in a few lines, and can be told to be ill."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server(ThreadingHTTPServer):
    """Keeps uploads in memory; ``ill`` is asked before each request and may answer instead."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Speaker)
        self.uploads: dict[str, dict[str, Any]] = {}
        self.files: list[tuple[str, str]] = []
        self.asked: list[tuple[str, str]] = []
        self.beats: list[dict[str, Any]] = []
        self.log_ons: list[dict[str, Any]] = []
        self.ill: list[tuple[int, dict[str, str]]] = []
        self.slow_s = 0.0
        self.meanwhile: list[Callable[[], object]] = []
        """Done while the next piece is on its way, one a piece."""
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


class _Speaker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _take(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path))
        time.sleep(self.server.slow_s)
        if self.command == "PATCH" and self.server.meanwhile:
            self.server.meanwhile.pop(0)()
        return body

    def _say(self, status: int, text: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def _is_ill(self) -> bool:
        if not self.server.ill:
            return False
        status, headers = self.server.ill.pop(0)
        self._say(status, "not now", **headers)
        return True

    def do_POST(self) -> None:
        body = self._take()
        if self._is_ill():
            return
        if self.path != "/uploads/":
            kept = self.server.beats if self.path.endswith("heartbeat") else self.server.log_ons
            kept.append(json.loads(body))
            return self._say(200, json.dumps({"at": time.time()}))
        pairs = dict(pair.split(" ") for pair in self.headers["Upload-Metadata"].split(","))
        facts = {name: base64.b64decode(value).decode() for name, value in pairs.items()}
        key = hashlib.sha256(f"{facts['filename']}{facts['sha256']}".encode()).hexdigest()[:9]
        new = {**facts, "size": int(self.headers["Upload-Length"]), "content": b"", "whole": False}
        one = self.server.uploads.setdefault(key, new)
        if body and not one["content"]:
            one["content"] = body
        return self._tell(201, key)

    def do_PATCH(self) -> None:
        body = self._take()
        if self._is_ill():
            return
        one = self.server.uploads.get(self.path.split("/")[2])
        if one is None:
            return self._say(404)
        if int(self.headers["Upload-Offset"]) != len(one["content"]):
            return self._say(409, Upload_Offset=str(len(one["content"])))
        wanted = self.headers["Upload-Checksum"].partition(" ")[2]
        assert base64.b64encode(hashlib.sha256(body).digest()).decode() == wanted
        one["content"] += body
        return self._tell(204, self.path.split("/")[2])

    def do_HEAD(self) -> None:
        self._take()
        if self._is_ill():
            return
        key = self.path.split("/")[2]
        if key == "sha256":
            found = [name for name, one in self.server.uploads.items() if one["sha256"] == self.path.split("/")[3]]
            key = found[0] if found else ""
        if key in self.server.uploads:
            self._tell(200, key)
        else:
            self._say(404)

    def do_DELETE(self) -> None:
        self._take()
        self.server.uploads.pop(self.path.split("/")[2], None)
        self._say(204)

    def _tell(self, status: int, key: str) -> None:
        one = self.server.uploads[key]
        said = {"Upload_Offset": str(len(one["content"])), "Location": f"/uploads/{key}/"}
        if len(one["content"]) == one["size"]:
            sha256 = hashlib.sha256(one["content"]).hexdigest()
            if sha256 != one["sha256"]:
                del self.server.uploads[key]
                return self._say(460, "the file changed on its way")
            said["Liqi_Sha256"] = sha256
            if not one["whole"]:
                one["whole"] = True
                self.server.files.append((one["filename"], sha256))
        return self._say(status, **said)

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""
