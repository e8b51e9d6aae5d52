"""Tokens → our HTML: each element of a message, with the classes that prose.css and code.css style."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from conversations.rendering.highlighting import highlight, label_of, language_of, mark_hidden
from conversations.rendering.links import host_of, misleading_host
from conversations.rendering.mathml import to_mathml

LONG_LINE = 80  # characters; what is longer rarely fits beside a margin, and can be wrapped
LONG_WORD = 2_000  # characters without a space
_LONG_WORD = re.compile(rf"\S{{{LONG_WORD}}}")
_WRAP = '<button type="button" class="code__wrap" data-wrap-code aria-pressed="false">Wrap</button>'
_UNNAMED = '<span class="image-link__unnamed">image</span>'
_DIR_AUTO = {"dir": "auto"}
_DIRECTED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table"})


def directed(tokens: Sequence[Token]) -> None:
    """Lets each block find its own writing direction, and turns alignment styles into classes.

    Only outermost ones: a list looks for its direction in no item that has one of its own, and its marks
    would stand at the wrong side. Texts inside are aligned by style.
    """
    for index, token in enumerate(tokens):
        if token.type == "inline" and len(token.content) > LONG_WORD and _LONG_WORD.search(token.content):
            _breaks_anywhere(tokens, index)
        if token.nesting == 1 and token.level == 0 and token.tag in _DIRECTED:
            token.attrSet("dir", "auto")
        style = token.attrs.pop("style", None)
        if style is not None:
            token.attrSet("class", f"align-{str(style).rpartition(':')[2]}")


def _breaks_anywhere(tokens: Sequence[Token], text: int) -> None:
    """A browser looks for seconds for places where such a word may break, if it may not break everywhere."""
    holder = tokens[text - 2] if tokens[text - 1].hidden else tokens[text - 1]
    if holder.tag in {"p", "li"}:
        holder.attrJoin("class", "unbroken")


class Elements(RendererHTML):
    """One method for each token that is more than its tag; `env["anchor"]` makes ids unique in the page."""

    def renderToken(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """As the library's, but half of all tags only end something, and most others only begin something."""
        token = tokens[idx]
        if token.hidden:
            return ""
        if token.nesting == -1 and not token.attrs:
            return f"</{token.tag}>\n" if token.block else f"</{token.tag}>"
        if token.nesting != 1:
            return super().renderToken(tokens, idx, options, env)
        attributes = ' dir="auto"' if token.attrs == _DIR_AUTO else self.renderAttrs(token)
        if not token.block:
            return f"<{token.tag}{attributes}>"
        before = "\n" if idx and tokens[idx - 1].hidden else ""
        return f"{before}<{token.tag}{attributes}>{_after_opening(tokens, idx)}"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _code_block(tokens[idx].content, language_of(tokens[idx].info))

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _code_block(tokens[idx].content, "")

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<code>{mark_hidden(escape(tokens[idx].content))}</code>"

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table" role="group" aria-label="Table" tabindex="0"><table dir="auto">\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        display = tokens[idx].markup in {"$$", "\\["}
        kind = "math math--display" if display else "math"
        return f'<span class="{kind}">{to_mathml(tokens[idx].content, display=display)}</span>'

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<div class="math math--block">{to_mathml(tokens[idx].content, display=True)}</div>\n'

    def task_box(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        state = ' checked="" aria-label="done"' if tokens[idx].meta["checked"] else ' aria-label="not done"'
        return f'<input type="checkbox" class="task__box" disabled=""{state}> '

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        href = str(tokens[idx].attrGet("href") or "")
        return f'<a href="{escape(href)}" title="{escape(host_of(href))}" target="_blank">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        opening = idx - 1
        while tokens[opening].type != "link_open":
            opening -= 1
        href = str(tokens[opening].attrGet("href") or "")
        text = "".join(token.content for token in tokens[opening + 1 : idx])
        return f"</a>{_host(misleading_host(text, href))}"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A picture is never loaded: the link says where it would have come from."""
        source = str(tokens[idx].attrGet("src") or "")
        alt = self.renderInlineAsText(tokens[idx].children or [], options, env).strip()
        shown = f"{escape(alt) or _UNNAMED}{_host(host_of(source))}"
        if _inside_link(tokens, idx):
            return f'<span class="image-link">{shown}</span>'
        return f'<a class="image-link" href="{escape(source)}" target="_blank">{shown}</a>'

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        name, number = _footnote(tokens[idx], env)
        again = tokens[idx].meta["subId"]
        own = f"fnref{name}-{again}" if again else f"fnref{name}"
        return f'<sup class="footnote-ref"><a href="#fn{name}" id="{own}">{number}</a></sup>'

    def footnote_block_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return '<section class="footnotes" aria-label="Footnotes">\n<ol class="footnotes__list">\n'

    def footnote_block_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</ol>\n</section>\n"

    def footnote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<li id="fn{_footnote(tokens[idx], env)[0]}" dir="auto">'

    def footnote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</li>\n"

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        name, number = _footnote(tokens[idx], env)
        again = tokens[idx].meta["subId"]
        target = f"fnref{name}-{again}" if again else f"fnref{name}"
        label = f"Back to reference {number}"
        return f' <a class="footnote-back" aria-label="{label}" href="#{target}">\u21a9\ufe0e</a>'


def _after_opening(tokens: Sequence[Token], idx: int) -> str:
    """A new line, unless text follows, or the end of the very element."""
    if idx + 1 == len(tokens):
        return "\n"
    following = tokens[idx + 1]
    empty = following.nesting == -1 and following.tag == tokens[idx].tag
    return "" if following.type == "inline" or following.hidden or empty else "\n"


def _code_block(content: str, language: str) -> str:
    wrap = _WRAP if any(len(line) > LONG_LINE for line in content.split("\n")) else ""
    return (
        '<div class="code"><div class="code__header">'
        f'<span class="code__language">{escape(label_of(language))}</span>'
        f'<span class="code__tools">{wrap}'
        '<button type="button" class="code__copy" data-copy-code>To clipboard</button></span></div>'
        '<pre class="code__pre" tabindex="0"><code class="code__text" dir="ltr">'
        f"{highlight(content, language)}"
        "</code></pre></div>\n"
    )


def _host(host: str) -> str:
    return f' <span class="link__host">({escape(host)})</span>' if host else ""


def _inside_link(tokens: Sequence[Token], idx: int) -> bool:
    """Whether a link is open at this token; tokens carry their depth, so most answers cost nothing."""
    if tokens[idx].level == 0:
        return False
    opened = 0
    for token in tokens[:idx]:
        opened += (token.type == "link_open") - (token.type == "link_close")
    return opened > 0


def _footnote(token: Token, env: EnvType) -> tuple[str, str]:
    number = str(token.meta["id"] + 1)
    anchor = str(env.get("anchor", ""))
    return f"-{anchor}-{number}" if anchor else f"-{number}", number
