"""Parameters: read from forms and JSON, refused with a sentence, written back, laid over each other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.parameters import BadParameters, as_text, clean_parameters, described, merged
from conversations.prompts import request_body


def test_a_form_is_read() -> None:
    assert clean_parameters(
        {
            "temperature": " 0,7 ",
            "max_tokens": "300",
            "top_p": ".5",
            "stop": "END\r\n\r\n###\nEND",
            "seed": "-42",
            "reasoning_effort": "High",
        }
    ) == {
        "temperature": 0.7,
        "max_tokens": 300,
        "top_p": 0.5,
        "stop": ["END", "###"],
        "seed": -42,
        "reasoning_effort": "high",
    }


def test_what_is_empty_is_not_set() -> None:
    assert clean_parameters({"temperature": "", "max_tokens": None, "stop": " \n ", "seed": "  "}) == {}
    assert clean_parameters({"stop": []}) == {}


def test_zero_is_a_value() -> None:
    assert clean_parameters({"temperature": "0", "top_p": 0, "seed": 0}) == {
        "temperature": 0,
        "top_p": 0,
        "seed": 0,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", "2.1"),
        ("temperature", "-0.1"),
        ("temperature", "warm"),
        ("temperature", "nan"),
        ("temperature", "inf"),
        ("temperature", float("nan")),
        ("temperature", "1e0"),
        ("temperature", "1_0"),
        ("temperature", True),
        ("temperature", [1]),
        ("temperature", "1" * 50),
        ("max_tokens", "0"),
        ("max_tokens", "1000001"),
        ("max_tokens", "1.5"),
        ("max_tokens", 1.5),
        ("max_tokens", "1,000"),
        ("max_tokens", "9" * 5000),
        ("max_tokens", True),
        ("top_p", "1.01"),
        ("seed", str(2**63)),
        ("seed", "seven"),
        ("stop", "a\nb\nc\nd\ne"),
        ("stop", "x" * 101),
        ("stop", "a\0b"),
        ("stop", ["\ud800"]),
        ("stop", [1]),
        ("stop", 7),
        ("stop", ["a", ""]),
        ("reasoning_effort", "enormous"),
        ("reasoning_effort", 3),
        ("logit_bias", "{}"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(BadParameters) as caught:
        clean_parameters({name: value})
    assert list(caught.value.problems) == [name]
    assert caught.value.problems[name].endswith(".")


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadParameters, match=r"temperature: .*seed: ") as caught:
        clean_parameters({"temperature": "hot", "seed": "x", "top_p": "1"})
    assert caught.value.problems["temperature"] == "Please give a number from 0 to 2, or leave this empty."


def test_the_edges_of_each_range_belong_to_it() -> None:
    edges = {"temperature": 2, "max_tokens": 1_000_000, "top_p": 1, "seed": 2**63 - 1}
    assert clean_parameters(edges) == edges
    assert clean_parameters({"seed": -(2**63), "max_tokens": 1}) == {"seed": -(2**63), "max_tokens": 1}


def test_stop_sequences_may_be_line_breaks() -> None:
    assert clean_parameters({"stop": "\\n\\n\n User:\n\\d\n\\\\n"}) == {
        "stop": ["\n\n", " User:", "\\d", "\\n"]
    }


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=40)
        .filter(str.strip),
        min_size=1, max_size=4, unique=True,
    )
)  # fmt: skip
def test_stop_sequences_are_written_as_they_are_read(stops: list[str]) -> None:
    assert clean_parameters({"stop": as_text(stops)})["stop"] == stops


def test_every_value_is_written_as_it_is_read() -> None:
    values = {"temperature": 0.1, "max_tokens": 5, "seed": -3, "stop": ["\n"], "reasoning_effort": "low"}
    assert clean_parameters({name: as_text(value) for name, value in values.items()}) == values
    assert as_text(None) == ""


def test_the_later_layer_wins() -> None:
    assert merged({"temperature": 1, "seed": 3}, {"temperature": 0}) == {"temperature": 0, "seed": 3}
    assert merged({"api_key": "x"}) == {}


def test_a_set_is_described_in_one_line() -> None:
    assert described({"temperature": 0.2, "stop": ["END", "\n"]}) == 'temperature 0.2, stop "END" or "\\n"'


def test_parameters_travel_in_the_request() -> None:
    body = request_body("alpha", [], {"temperature": 0, "stop": ["END"]})
    assert (body["temperature"], body["stop"], body["model"]) == (0, ["END"], "alpha")
    assert not {"max_tokens", "reasoning_effort"} & set(body)
