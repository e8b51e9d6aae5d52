"""Static files are collected when one of them changed, and only then."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from conversations.serving import CannotStart
from conversations.serving.assets import collect_if_changed, signature


@pytest.fixture
def styles(tmp_path: Path, settings: Settings) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("body { color: black }")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return source / "page.css"


def test_a_changed_file_changes_the_signature(styles: Path) -> None:
    before = signature()
    assert signature() == before
    os.utime(styles, (1, 1))
    assert signature() != before


def test_a_new_file_changes_the_signature(styles: Path) -> None:
    before = signature()
    (styles.parent / "more.css").write_text("")
    assert signature() != before


def test_nothing_is_done_twice() -> None:
    assert not collect_if_changed()


def test_files_that_cannot_be_collected_are_named(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that collects reads DATA_DIR itself."""
    (tmp_path / "static").write_text("a file where a folder should be")
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with pytest.raises(CannotStart, match="cannot be collected"):
        collect_if_changed()
