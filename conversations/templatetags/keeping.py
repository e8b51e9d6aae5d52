"""`{% kept %}`: parts of a page that are the same each time, rendered once.

    {% load keeping %}{% kept staff=user.is_staff slots name=user.get_username %}…{% endkept %}

Inside stand only the names that are given: what a block does not name it cannot show, so that nothing of one
person's page reaches another's. For each value of the names before `slots` the block is rendered once. Those
behind it differ from page to page: they are only printed, by `{{ name }}` or, if they are ids, in an address
of `{% url %}`, and each time are what they are then. The request's CSRF token is such a one by itself.
"""

import re
import uuid
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

# Variants of one block: each person has some of their own. Beyond that it begins anew.
MOST = 500
_TOKEN = "csrf_token"  # noqa: S105 (a name)
Names = dict[str, FilterExpression]


class KeptNode(Node):
    def __init__(self, nodes: NodeList, names: Names, slots: Names) -> None:
        self.nodelist = nodes
        self._names = names
        self._slots = slots
        # What stands for each slot in what is kept; known to this process only, so in nobody's title.
        self._stand_ins = {name: uuid.uuid4() for name in (*slots, _TOKEN)}
        self._by_stand_in = {str(value): name for name, value in self._stand_ins.items()}
        self._cut = re.compile(f"({'|'.join(self._by_stand_in)})")
        # Pieces, in turn what is the same each time and the name of a slot.
        self._kept: dict[tuple[Any, ...], list[str]] = {}

    def render(self, context: Context) -> SafeString:
        values = {name: expression.resolve(context) for name, expression in self._names.items()}
        key = (get_language(), *values.values())
        pieces = self._kept.get(key)
        if pieces is None:
            pieces = self._render(context, values)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = pieces
        if len(pieces) > 1:
            slots = pieces[1::2]
            filled = {name: self._filled(context, name) for name in set(slots)}
            pieces = pieces.copy()
            pieces[1::2] = [filled[name] for name in slots]
        return mark_safe("".join(pieces))  # noqa: S308 (what the template made of it, and escaped values)

    def _render(self, context: Context, values: dict[str, Any]) -> list[str]:
        html = self.nodelist.render(context.new({**values, **self._stand_ins}))
        return [self._by_stand_in.get(piece, piece) for piece in self._cut.split(html)]

    def _filled(self, context: Context, name: str) -> str:
        if name == _TOKEN:
            return str(context.get(_TOKEN, ""))
        value = self._slots[name].resolve(context)
        return str(value) if isinstance(value, int | uuid.UUID) else conditional_escape(value)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    bits = token.split_contents()[1:]
    at = bits.index("slots") if "slots" in bits else len(bits)
    names, slots = bits[:at], bits[at + 1 :]
    known, filled = token_kwargs(names, parser), token_kwargs(slots, parser)
    if names or slots:
        raise template.TemplateSyntaxError("{% kept %} takes only name=value")
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, known, filled)
