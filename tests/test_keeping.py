"""Parts of a page that are kept: rendered once, never one person's on another's page."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from conversations.templatetags.keeping import KeptNode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Counted:
    shown = 0

    @property
    def again(self) -> int:
        self.shown += 1
        return self.shown


def test_a_block_is_rendered_once_for_the_same_names_and_language() -> None:
    template = Template(
        "{% load keeping i18n %}{% kept it=it %}{{ it.again }} {% translate 'Search' %}{% endkept %}"
    )
    one, other = Counted(), Counted()
    assert [template.render(Context({"it": it})) for it in (one, one, other)] == ["1 Search"] * 3
    assert (one.shown, other.shown) == (1, 1)
    with override("de"):
        assert template.render(Context({"it": one})) == "2 Suche"


def test_what_a_block_does_not_name_it_cannot_show() -> None:
    template = Template("{% load keeping %}{% kept a=a %}{{ a }}{{ b }}{% endkept %}")
    assert template.render(Context({"a": "<1>", "b": 2})) == "&lt;1&gt;"
    assert template.render(Context({"a": 3, "b": 4})) == "3"


def test_a_slot_is_filled_anew_each_time_and_escaped() -> None:
    template = Template(
        "{% load keeping %}{% kept it=it slots id=row.id title=row.title %}"
        "{{ it.again }} {{ title }} {% url 'conversation' id %}{% endkept %}"
    )
    one, first, second = Counted(), uuid4(), uuid4()
    shown = [
        template.render(Context({"it": one, "row": {"id": row, "title": title}}))
        for row, title in ((first, "<a>"), (second, "b"))
    ]
    assert shown == [f"1 &lt;a&gt; /conversations/{first}/", f"1 b /conversations/{second}/"]


def test_a_title_that_looks_like_a_slot_stays_a_title() -> None:
    template = Template("{% load keeping %}{% kept slots a=a b=b %}{{ a }}|{{ b }}{% endkept %}")
    [node] = template.nodelist.get_nodes_by_type(KeptNode)
    assert isinstance(node, KeptNode)
    stands_for_b = str(node._stand_ins["b"])
    assert template.render(Context({"a": stands_for_b, "b": "secret"})) == f"{stands_for_b}|secret"


def test_a_block_takes_only_names_with_values() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% load keeping %}{% kept user %}{% endkept %}")


def test_every_page_carries_its_own_name_and_token(
    as_alice: Client, as_bob: Client, alice: User, bob: User
) -> None:
    for client, user, other in ((as_alice, alice, bob), (as_bob, bob, alice), (as_alice, alice, bob)):
        response = client.get("/history/")
        page = response.content.decode()
        assert f">{user.get_username()}</a>" in page
        assert f">{other.get_username()}</a>" not in page
        secrets = set(TOKEN.findall(page))
        assert len(secrets) == 1
        # Only with the right one does a form of the page work.
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        body = {"enter": "sends", "csrfmiddlewaretoken": secrets.pop()}
        assert strict.post(reverse("preferences"), body).status_code == 303
