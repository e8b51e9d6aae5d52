"""Markdown of answers → safe HTML: whole (`render`), or block by block while it streams (`OpenBlocks`)."""

from conversations.rendering.document import RENDERER_VERSION, render, render_in_parts
from conversations.rendering.open_blocks import OpenBlocks, Settled
from conversations.rendering.parts import in_parts

__all__ = ["RENDERER_VERSION", "OpenBlocks", "Settled", "in_parts", "render", "render_in_parts"]
