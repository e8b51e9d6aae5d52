"""Text that is stored encrypted, under a key derived from SECRET_KEY (and read under its fallbacks)."""

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    StringField = models.TextField[str, str]
else:
    StringField = models.TextField


class Unreadable(str):
    """The empty text that an encrypted one reads as when SECRET_KEY was changed without a fallback.

    It keeps what is stored: saved again, nothing is lost, and the old SECRET_KEY can still bring it back.
    """

    __slots__ = ("stored",)
    stored: str

    @classmethod
    def keeping(cls, stored: str) -> "Unreadable":
        text = cls()
        text.stored = stored
        return text


@lru_cache(maxsize=4)
def _fernet(secrets: tuple[str, ...]) -> MultiFernet:
    digests = (hashlib.sha256(b"stored keys:" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def _current() -> MultiFernet:
    return _fernet((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


class EncryptedTextField(StringField):
    """A text whose column holds only ciphertext; what cannot be read is Unreadable, which is empty."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        if not value:
            return ""
        try:
            return _current().decrypt(value.encode()).decode()
        except InvalidToken:
            return Unreadable.keeping(value)

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Unreadable):
            return value.stored
        return _current().encrypt(str(value).encode()).decode() if value else ""
