"""The last step of every rendering: an allow-list of exactly what the renderer emits.

Nothing raw reaches the HTML in the first place (raw tags are text, every string is escaped); this is the
second wall, and the only one that MathML from a foreign library stands behind.
"""

from functools import lru_cache

import nh3

URL_SCHEMES = {"http", "https", "mailto"}

_PROSE = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "em", "strong", "s",
    "sup", "table", "thead", "tbody", "tr", "th", "td", "a", "code", "pre", "span", "div", "section",
    "button", "input",
}  # fmt: skip
_MATH = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup",
    "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable", "mtr",
    "mtd", "mlabeledtr", "mpadded", "mphantom", "mstyle", "menclose", "merror",
}  # fmt: skip
_MATH_ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "mathvariant", "mathcolor", "stretchy",
    "symmetric", "fence", "separator", "form", "accent", "accentunder", "largeop", "movablelimits", "minsize",
    "maxsize", "lspace", "rspace", "width", "linethickness", "bevelled", "columnalign", "rowalign",
    "columnspacing", "rowspacing", "columnlines", "rowlines", "frame", "framespacing", "notation",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "class", "id", "target", "aria-label"},
    "span": {"class", "title"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "pre": {"class", "tabindex"},
    "code": {"class", "dir"},
    "button": {"class", "data-copy-code", "data-wrap-code"},
    "input": {"class", "checked", "disabled", "aria-label"},
    "ol": {"class", "start", "dir"},
    "ul": {"class", "dir"},
    "li": {"class", "id", "dir"},
    "th": {"class"},
    "td": {"class"},
    "table": {"dir"},
    "sup": {"class"},
    "section": {"class", "aria-label"},
    "p": {"class", "dir"},
    **{tag: {"dir"} for tag in ("h1", "h2", "h3", "h4", "h5", "h6", "blockquote")},
    **dict.fromkeys(_MATH, _MATH_ATTRIBUTES),
}
_FIXED_VALUES = {"button": {"type": {"button"}, "aria-pressed": {"false"}}, "input": {"type": {"checkbox"}}}


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_PROSE | _MATH,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        tag_attribute_values=_FIXED_VALUES,
        url_schemes=URL_SCHEMES,
        url_relative=lambda url: (
            url if url.startswith("#fn") else None
        ),  # footnotes; nothing else of this site
        link_rel="noopener noreferrer nofollow",
    )


def sanitize(html: str) -> str:
    """The HTML without anything that the renderer has no business to emit."""
    return _cleaner().clean(html)
