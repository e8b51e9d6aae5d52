"""The whole installation in one file, the same for SQLite and PostgreSQL: made while everything goes on, and
put into an empty installation of the same version, whichever of the two it uses."""

from conversations.backups.dumping import dump
from conversations.backups.loading import Unusable, load

__all__ = ["Unusable", "dump", "load"]
