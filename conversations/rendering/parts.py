"""Long answers in parts, so that what is far away need not be laid out: the first blocks as they are, each
further handful in an element of its own.

A block is one element, and stays in its place when others follow: a page that is given one block after the
other makes the same parts (static/js/helpers/parts.js).
"""

from collections.abc import Sequence

BLOCKS = 24  # of one part: about two screens of text


def in_parts(blocks: Sequence[str]) -> str:
    """The HTML of an answer from that of its top-level blocks."""
    parts = [
        f'<div class="part">{"".join(blocks[at : at + BLOCKS])}</div>'
        for at in range(BLOCKS, len(blocks), BLOCKS)
    ]
    return "".join((*blocks[:BLOCKS], *parts))
