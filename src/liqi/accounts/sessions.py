"""Sessions in the database, read by a statement that is made once: every page of who is signed in begins with it."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends import db

from liqi.accounts import rows


def _all() -> Any:
    return db.SessionStore.get_model_class().objects.all()


BY_KEY: rows.Lookup[Any] = rows.Lookup(_all, by="session_key")


class SessionStore(db.SessionStore):
    """Django's own, in the same table."""

    def _get_session_from_db(self) -> Any:
        found = BY_KEY.find(self.session_key)
        if found is not None and found.expire_date > datetime.now(UTC):
            return found
        self._session_key = None
        return None
