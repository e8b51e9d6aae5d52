"""Markdown of answers → safe HTML: whole (`render`), or block by block while it streams (`OpenBlocks`)."""

from conversations.rendering.document import RENDERER_VERSION, render
from conversations.rendering.open_blocks import OpenBlocks, Settled

__all__ = ["RENDERER_VERSION", "OpenBlocks", "Settled", "render"]
