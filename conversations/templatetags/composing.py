"""The fields under the composer: most conversations have the same in them, and each costs three templates."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from conversations.forms import ParametersForm

register = template.Library()

# Forms that differ; beyond that it begins anew. Long ones, with instructions, are rendered each time.
MOST, LONGEST = 500, 2_000
_KEPT: dict[tuple[str | None, str], str] = {}


@register.simple_tag
def parameter_fields(form: ParametersForm) -> SafeString:
    shown = form.shown
    if not shown or len(shown) > LONGEST:
        return _rendered(form)
    key = (get_language(), shown)
    html = _KEPT.get(key)
    if html is None:
        html = _rendered(form)
        if len(_KEPT) >= MOST:
            _KEPT.clear()
        _KEPT[key] = html
    return mark_safe(html)  # noqa: S308 (what the template made of it)


def _rendered(form: ParametersForm) -> SafeString:
    return render_to_string("conversations/_parameter_fields.html", {"composer": form})
