"""The rules of the front end that can be read off its files."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static

from conversations.management.commands.vendor import problems, read_lock

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
ROOMS = {"helpers": ["helpers"], "models": ["helpers", "models"], "elements": ["helpers", "models", "vendor"]}


def test_every_vendored_file_is_the_one_that_was_locked() -> None:
    lock = read_lock()
    assert "streaming-markdown" in lock
    assert problems(lock) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_imports_are_hashed_and_point_down(script: Path) -> None:
    source = script.read_text()
    lines = [line for line in source.splitlines() if line.startswith("import ")]
    assert all(re.search(r'"\.{1,2}/[^"]+";$', line) for line in lines), (
        "Django hashes only ./… with a semicolon"
    )
    room = script.parent.name
    allowed = ROOMS.get(room, ["elements"])
    for line in lines:
        address = (script.parent / line.split('"')[1]).resolve().relative_to(STATIC.resolve())
        assert any(part in allowed for part in address.parts), line
    assert len(source.splitlines()) <= 200


def test_served_scripts_import_hashed_files() -> None:
    app = (Path(settings.STATIC_ROOT) / static("js/app.js").removeprefix(settings.STATIC_URL)).read_text()
    imported = re.findall(r'import\s*"([^"]+)"', app)
    assert imported
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imported)


def test_templates_hold_no_inline_code_and_stay_short() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|https?://", re.IGNORECASE)
    # A page that is taken away brings its style along; its own policy names the digest.
    served = [path for path in TEMPLATES.rglob("*.html") if path.parent.name != "exports"]
    for template in served:
        source = template.read_text()
        assert not inline.search(source), template
        assert len(source.splitlines()) <= 120, template


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_error_pages_need_nothing(code: str) -> None:
    assert "<h1>" in render_to_string(f"{code}.html")
