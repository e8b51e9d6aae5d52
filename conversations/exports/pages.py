"""A conversation as a page that needs no server: no scripts, nothing loaded, a policy of its own."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from conversations.models import Conversation, Message

STYLES = ("colors", "base", "prose", "code", "thread", "static-page")
# Browsers differ in what 'self' means for a page that lies in a folder.
BESIDE = "'self' file:"


def as_page(conversation: Conversation, thread: list[Message]) -> str:
    """The shown branch with its styles inside: one file is all of it."""
    return _page(conversation, thread, styles_from=f"'sha256-{_digest()}'", style=stylesheet())


def as_page_beside(conversation: Conversation, thread: list[Message]) -> str:
    """The same for a folder of many: `style.css` lies one folder above, the index too."""
    return _page(conversation, thread, styles_from=BESIDE, href="../style.css", index="../index.html")


def index_parts(title: str) -> tuple[str, str]:
    """What stands before and behind the lines of the list of all conversations."""
    mark = "<!-- lines -->"
    context = {"title": title, "styles_from": BESIDE, "href": "style.css", "lines": mark}
    before, _, behind = render_to_string("exports/index.html", context).partition(mark)
    return before, behind


@cache
def stylesheet() -> str:
    """The page's own styles, without what is only for a page with scripts."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    return "\n".join((folder / f"{name}.css").read_text("utf-8") for name in STYLES)


@cache
def _digest() -> str:
    return base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()


def _page(conversation: Conversation, thread: list[Message], **how: str) -> str:
    context = {"conversation": conversation, "thread": thread, **how}
    return render_to_string("exports/conversation.html", context)
