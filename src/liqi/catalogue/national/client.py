"""How a record reaches the platform: one HTTP request with a JSON envelope, one answer with a status code.

The address and the envelope of the real service are given by the platform to each institution; this client was tested
against the local stand-in (`liqi national stand-in`) only.
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

ADDRESS_SETTING = "LIQI_NATIONAL_URL"
TOKEN_SETTING = "LIQI_NATIONAL_TOKEN_FILE"
TIMEOUT_S = 30.0
MOST_ANSWER_BYTES = 1_000_000


class NotConfigured(ValueError):
    """No address or no token of the platform is set; the message says which setting."""


class Unreachable(OSError):
    """The platform did not answer, or not in its own words; trying again later may help."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said: status code, its words; of a record that was asked for, auditStatus and content."""

    code: str
    message: str
    audit_status: str = ""
    data: Mapping[str, Any] | None = None


class Client(Protocol):
    """Something that takes records one by one and can say what became of one."""

    def push(self, *, ins_code: str, record_type: str, payload: Mapping[str, Any]) -> Answer:
        """The platform's answer to one record; raises Unreachable."""
        ...

    def read_back(self, *, ins_code: str, record_type: str, payload: Mapping[str, Any]) -> Answer:
        """What the platform holds of the record with this key; code 100 with auditStatus, 101 for one it has not."""
        ...


class HttpClient:
    """The client for one address; the token goes along as a bearer token, redirects are not followed."""

    def __init__(self, address: str, token: str = "", *, timeout_s: float = TIMEOUT_S) -> None:
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
            raise NotConfigured(
                _("found %(found)r in %(address_setting)s; expected an address that begins with https://; correct it.")
                % {"found": address, "address_setting": ADDRESS_SETTING}
            )
        self._address, self._token, self._timeout_s = address.rstrip("/"), token, timeout_s
        self._opener = urllib.request.build_opener(_NoRedirect)

    def push(self, *, ins_code: str, record_type: str, payload: Mapping[str, Any]) -> Answer:
        """The platform's answer to one record; raises Unreachable."""
        return self._ask("push", {"insCode": ins_code, "type": record_type, "data": dict(payload)})

    def read_back(self, *, ins_code: str, record_type: str, payload: Mapping[str, Any]) -> Answer:
        """What the platform holds of the record; raises Unreachable."""
        names = ("innerId", "recordInnerId", "declarationNumber", "itemNumber", "year")
        key = {name: payload[name] for name in names if payload.get(name)}
        return self._ask("query", {"insCode": ins_code, "type": record_type, "data": key})

    def _ask(self, verb: str, envelope: Mapping[str, Any]) -> Answer:
        body = json.dumps(envelope, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(f"{self._address}/{verb}", data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                return _read(answer.read(MOST_ANSWER_BYTES))
        except urllib.error.HTTPError as problem:
            with problem:
                raise Unreachable(
                    _("The platform answered HTTP %(code)s; expected 200: check %(setting)s and the token.")
                    % {"code": problem.code, "setting": ADDRESS_SETTING}
                ) from None
        except (OSError, ValueError) as problem:
            if isinstance(problem, Unreachable):
                raise
            reason = getattr(problem, "reason", problem)
            raise Unreachable(
                _("The platform did not answer (%(reason)s); try again later.") % {"reason": reason}
            ) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token elsewhere."""

    def redirect_request(self, *_given: Any) -> None:
        return None


def _read(content: bytes) -> Answer:
    try:
        found = json.loads(content)
        code = str(found["code"])
    except (ValueError, KeyError, TypeError):
        raise Unreachable(
            _("The platform answered %(found)s; expected JSON with a code: check %(setting)s.")
            % {"found": repr(content[:60]), "setting": ADDRESS_SETTING}
        ) from None
    data = found.get("data")
    status = str(data.get("auditStatus", "")) if isinstance(data, dict) else ""
    return Answer(code, str(found.get("message", ""))[:1000], status, data if isinstance(data, dict) else None)


def is_local() -> bool:
    """Whether the platform that the settings name is a stand-in on this machine."""
    return urlsplit(os.environ.get(ADDRESS_SETTING, "")).hostname in ("127.0.0.1", "localhost", "::1")


def configured() -> HttpClient:
    """The client that the settings name; raises NotConfigured."""
    address = os.environ.get(ADDRESS_SETTING, "")
    if not address:
        raise NotConfigured(
            _(
                "Found no address of the national platform; expected one in %(setting)s: the platform gives it to each "
                "institution with its code. To try it, start `liqi national stand-in` and name its address."
            )
            % {"setting": ADDRESS_SETTING}
        )
    path = os.environ.get(TOKEN_SETTING, "")
    try:
        token = Path(path).read_text(encoding="utf-8").strip() if path else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise NotConfigured(
            _("found no readable token in %(path)s (%(reason)s); expected a text file named by %(token_setting)s.")
            % {"path": path, "reason": problem, "token_setting": TOKEN_SETTING}
        ) from None
    return HttpClient(address, token)
