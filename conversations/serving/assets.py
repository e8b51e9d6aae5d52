"""Static files under hashed names, compressed, in the data folder: made anew when one of them changed."""

import hashlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from conversations.serving import CannotStart, slimming


class Collection:
    """The static files' way into the data folder, in a process of its own: it takes seconds and 35 MB.

    Started when made, if there is anything to do, so that the database can be prepared meanwhile.
    """

    def __init__(self) -> None:
        self.stamp = Path(settings.DATA_DIR) / "static.stamp"
        self.signature = signature()
        self.process = None if self._is_current() else self._start()

    def finish(self) -> bool:
        """Waits for the end; True if files were collected. Raises CannotStart if they could not be."""
        if self.process is None:
            return False
        _, errors = self.process.communicate()
        if self.process.returncode:
            said = (line for line in errors.splitlines() if not line.startswith((" ", "Traceback")))
            raise CannotStart(f"The static files cannot be collected: {' '.join(said)}")
        self.stamp.write_text(self.signature)
        return True

    def _is_current(self) -> bool:
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        return manifest.exists() and self.stamp.exists() and self.stamp.read_text() == self.signature

    def _start(self) -> subprocess.Popen[str]:
        self.stamp.unlink(missing_ok=True)
        return subprocess.Popen(
            [
                sys.executable,
                str(settings.BASE_DIR / "manage.py"),
                "collectstatic",
                "--no-input",
                "--skip-checks",
                "-v0",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def collect_if_changed() -> bool:
    """Collects the static files unless those collected last are still right; True if it did."""
    return Collection().finish()


def signature() -> str:
    """A digest that changes when a static file, or what processes it, does.

    Sizes and times stand for the contents: reading two hundred files would cost more than all the rest.
    """
    storage = settings.STORAGES["staticfiles"]["BACKEND"]
    digest = hashlib.sha256(f"{django.VERSION} {version('whitenoise')} {storage} {settings.DEBUG}".encode())
    digest.update(Path(slimming.__file__).read_bytes())
    for finder in get_finders():
        for name, files in finder.list([]):
            seen = Path(files.path(name)).stat()
            digest.update(f"{name} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()
