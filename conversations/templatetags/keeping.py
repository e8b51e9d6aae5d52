"""`{% kept %}`: parts of a page that are the same each time, rendered once.

    {% load keeping %}{% kept name=user.get_username staff=user.is_staff %}…{% endkept %}

Inside stand only the names that are given: what a block does not name it cannot show, so that nothing of one
person's page reaches another's. The request's CSRF token is there too, and is each time the right one.
"""

import secrets
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

# Variants of one block: each person has some of their own. Beyond that it begins anew.
MOST = 500
# Stands for the token in what is kept. Nobody can write it into a title: it is of this process only.
_TOKEN = secrets.token_hex(32)


class KeptNode(Node):
    def __init__(self, nodes: NodeList, names: dict[str, FilterExpression]) -> None:
        self.nodelist = nodes
        self._names = names
        self._kept: dict[tuple[Any, ...], str] = {}

    def render(self, context: Context) -> SafeString:
        values = {name: expression.resolve(context) for name, expression in self._names.items()}
        key = (get_language(), *values.values())
        html = self._kept.get(key)
        if html is None:
            html = self.nodelist.render(context.new({**values, "csrf_token": _TOKEN}))
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = html
        if _TOKEN in html:
            html = html.replace(_TOKEN, str(context.get("csrf_token", "")))
        return mark_safe(html)  # noqa: S308 (what the template made of it, and a token of letters and digits)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    bits = token.split_contents()[1:]
    names = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError("{% kept %} takes only name=value")
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, names)
