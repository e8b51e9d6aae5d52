"""Brings scripts and fonts of others into static/vendor, as vendor.lock.json there says, and checks them.

python manage.py vendor                             what the lock file names, fetched and checked again
python manage.py vendor NAME@VERSION FILE [FILE …]  another version: fetched, unpacked and locked
python manage.py vendor --check                     compares the files with the lock; asks no registry
"""

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
LOCK = VENDOR / "vendor.lock.json"
Lock = dict[str, dict[str, Any]]


def digest(algorithm: str, data: bytes) -> str:
    """As in the integrity attribute: `sha384-…`."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def read_lock() -> Lock:
    lock: Lock = json.loads(LOCK.read_text()) if LOCK.exists() else {}
    return lock


def problems(lock: Lock) -> list[str]:
    """A sentence for each file that is missing or is not the one that was locked."""
    found = []
    for name, entry in lock.items():
        for file, locked in entry["files"].items():
            path = VENDOR / name / file
            if not path.exists():
                found.append(f"{path} is missing.")
            elif digest("sha384", path.read_bytes()) != locked:
                found.append(f"{path} is not the file that was locked.")
    return found


class Command(BaseCommand):
    help = "Fetches the vendored files named in static/vendor/vendor.lock.json and checks its integrity."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("package", nargs="?", help="NAME@VERSION")
        parser.add_argument("files", nargs="*", help="files of the package to keep, its licence among them")
        parser.add_argument("--check", action="store_true", help="compare the files with the lock")

    def handle(self, *args: Any, package: str | None = None, **options: Any) -> None:
        lock = read_lock()
        if options["check"]:
            self._report(problems(lock))
            return
        if package:
            name, _, version = package.rpartition("@")
            if not name or not options["files"]:
                raise CommandError("Name a package as NAME@VERSION, and the files of it to keep.")
            lock[name] = {"version": version, "integrity": "", "files": dict.fromkeys(options["files"], "")}
        for name in [package.rpartition("@")[0]] if package else list(lock):
            fetch(name, lock[name])
            self.stdout.write(f"{name} {lock[name]['version']}")
        LOCK.write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n")

    def _report(self, found: list[str]) -> None:
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Every vendored file is the one that was locked.")


def fetch(name: str, entry: dict[str, Any]) -> None:
    """Unpacks the locked version; fills in what the lock did not know yet. May raise CommandError."""
    with tempfile.TemporaryDirectory() as folder:
        archive = pack(f"{name}@{entry['version']}", Path(folder))
        integrity = digest("sha512", archive.read_bytes())
        if entry["integrity"] not in ("", integrity):
            raise CommandError(f"{name}: the registry's archive is not the one that was locked.")
        entry["integrity"] = integrity
        with tarfile.open(archive) as package:
            for file, locked in entry["files"].items():
                entry["files"][file] = keep(name, file, member(package, file), locked)


def keep(name: str, file: str, data: bytes, locked: str) -> str:
    """Writes one file of a package and returns its digest, which must be the locked one if there is one."""
    found = digest("sha384", data)
    if locked not in ("", found):
        raise CommandError(f"{name}: {file} is not the one that was locked.")
    target = VENDOR / name / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return found


def pack(spec: str, folder: Path) -> Path:
    """The package's archive as npm's registry serves it; npm compares it with the registry's own digest."""
    try:
        subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, capture_output=True)  # noqa: S607
    except FileNotFoundError as error:
        raise CommandError("This needs npm.") from error
    except subprocess.CalledProcessError as error:
        raise CommandError(f"npm could not fetch {spec}: {error.stderr.decode()[-500:]}") from error
    return next(folder.glob("*.tgz"))


def member(package: tarfile.TarFile, file: str) -> bytes:
    try:
        content = package.extractfile(f"package/{file}")
    except KeyError as error:
        raise CommandError(f"The package has no file {file}.") from error
    if content is None:
        raise CommandError(f"{file} is not a file.")
    return content.read()
