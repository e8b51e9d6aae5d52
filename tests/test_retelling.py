"""Failures are stored in English and told in the reader's language; words of ours inside answers, too."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import gettext, override

from conversations import labels
from conversations.rendering import render
from conversations.retelling import retold
from conversations.sentences import SENTENCES
from conversations.upstream import Endpoint
from conversations.upstream.refusals import Refusal
from tests.browser.conftest import make_talk

PROXY = "the proxy {proxy}"  # never stands alone
PLACES = {
    "host": "llm.example:8080", "status": "429", "seconds": "12", "moment": "2026-11-21 10:00:00",
    "words": "Zut. Alors!",
    "reason": "self-signed certificate", "size": "64", "name": "top_p", "target": "other.example",
    "encoding": "br", "model": "alpha 7B", "tokens": "8,192", "proxy": "proxy:3128", "number": "7",
    "levels": "99", "names": "low, high", "most": "4",
}  # fmt: skip
LIMITED = Refusal(429, {"retry-after": "90"}, b'{"error": {"message": "Slow down. Try again later."}}')


@pytest.mark.parametrize("sentence", sorted({*SENTENCES} - {PROXY}))
def test_each_sentence_is_found_again_with_what_was_put_into_it(sentence: str) -> None:
    with override("de"):
        assert gettext(sentence) != sentence
        assert retold(sentence.format(**PLACES)) == gettext(sentence).format(**{**PLACES, "tokens": "8.192"})


def test_a_number_is_written_as_the_reader_writes_it() -> None:
    with override("de"):
        assert "für 0,5 s" in retold("The upstream fell silent in the middle of the answer for 0.5 s.")


def test_what_the_server_said_stays_in_its_own_words() -> None:
    said = LIMITED.error(Endpoint("http://llm.example/v1")).message
    with override("de"):
        told = retold(said)
    assert told.startswith(
        "llm.example nimmt zurzeit keine Anfragen mehr an (429). Zu viele Anfragen, Sperre bis "
    )
    assert told.endswith("UTC: Versuche es in 90 s noch einmal. Er sagte: Slow down. Try again later.")


@pytest.mark.parametrize("said", ["", "Gateway says: no.", "The server is away. " * 9])
def test_a_stranger_s_sentence_stays_as_it_is(said: str) -> None:
    with override("de"):
        assert retold(said) == said


def test_a_proxy_is_named_in_the_language_too() -> None:
    with override("de"):
        assert retold("the proxy p:3128 cut the connection.") == "Proxy p:3128 hat die Verbindung gekappt."


def test_the_page_tells_it_in_german_and_the_export_as_it_was_stored(alice: User, as_alice: Client) -> None:
    talk = make_talk(alice, [("Hello?", "Hi.")])
    said = LIMITED.error(Endpoint("http://llm.example/v1")).message
    talk.messages.filter(role="assistant").update(status="failed", error=said)
    address = talk.get_absolute_url()
    page = as_alice.get(address, headers={"accept-language": "de"}).content.decode()
    assert "llm.example nimmt zurzeit keine Anfragen mehr an (429)." in page
    export = as_alice.get(f"{address}export.json", headers={"accept-language": "de"}).json()
    assert export["messages"][1]["error"] == said


ALL_LABELS = """| a |
|--|
| b |

- [x] c
- [ ] d

```
{long}\u202e
```

e[^1] ![](http://img.example/x.png)

[^1]: f
"""


def test_every_word_of_ours_in_an_answer_is_in_the_language_of_the_page() -> None:
    html = render(ALL_LABELS.replace("{long}", "x" * 90), anchor="m")
    with override("zh-hans"):
        chinese = labels.labelled(html)
    for before, word in labels._LABELS:
        assert f"{before}{word}" in html
        assert f"{before}{word}" not in chinese
    assert labels.labelled(html) == html


def test_no_text_of_a_model_can_look_like_a_word_of_ours() -> None:
    marks = " ".join(f'{before}{word}< {before}{word}"' for before, word in labels._LABELS)
    html = render(f'{marks}\n\n`{marks}`\n\n[{marks}](<http://x.example/ "{marks}">)')
    with override("de"):
        assert labels.labelled(html) == html
