"""How form fields become HTML: as Django does it, but the same field with the same value only once.

Each field takes it three templates, and the page of a conversation has seven that hardly anybody fills in.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.translation import get_language

# Templates that show nothing but their context.
_PURE = "django/forms/widgets/"
# Characters of a context; long texts are rendered each time.
_SHORT = 2_000
# How something that is not told by its words tells of itself.
_ADDRESS = " at 0x"
MOST = 2_000


class KeptWidgets(DjangoTemplates):
    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str | None], str] = {}

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        told = repr(context) if template_name.startswith(_PURE) else _ADDRESS
        if request is not None or len(told) > _SHORT or _ADDRESS in told:
            return super().render(template_name, context, request)
        key = (template_name, told, get_language())
        html = self._kept.get(key)
        if html is None:
            html = super().render(template_name, context, request)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = html
        return html
