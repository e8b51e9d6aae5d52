"""Starting: everything that `manage.py serve` must find, prepare and start before the first page."""


class CannotStart(Exception):
    """Something outside the program is in the way; `str()` is a sentence that names it."""
