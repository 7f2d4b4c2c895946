"""A signed-in caller of the JSON interface, over real HTTP with one kept connection."""

import http.client
import json
import uuid
from typing import Any


def sign_in(email: str) -> str:
    """The key of a fresh session of that person; needs Django set up on the server's database."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from liqi.accounts.models import Person

    person = Person.objects.get(email=email)
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    assert store.session_key
    return store.session_key


class Client:
    """Sends JSON as one person."""

    def __init__(self, port: int, email: str) -> None:
        token = uuid.uuid4().hex  # CSRF asks that cookie and header say the same
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {
            "Cookie": f"sessionid={sign_in(email)}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "application/json",
        }

    def send(self, method: str, path: str, asked: Any = None, **headers: str) -> tuple[int, Any]:
        """The status and the JSON of the answer."""
        body = None if asked is None else json.dumps(asked)
        self.connection.request(method, path, body=body, headers={**self.headers, **headers})
        reply = self.connection.getresponse()
        read = reply.read()
        return reply.status, json.loads(read) if read else None
