"""Sessions as Django keeps them in the database, by a query that is built once: each page begins with it."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from conversations.models.prepared import Prepared

_COLUMNS = ("session_key", "session_data", "expire_date")
SESSION = Prepared(lambda key: Session.objects.filter(session_key=key).values(*_COLUMNS), str)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        row = SESSION.first(self.session_key)
        if row is not None and row["expire_date"] > timezone.now():
            return Session(**row)
        self._session_key = None
        return None
