"""Parts of a page that are kept: rendered once, never one person's on another's page."""

import re

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

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
