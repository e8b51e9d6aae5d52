"""A list is cut into its elements wherever the pieces of the file end."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.importing import splitting
from conversations.importing.splitting import Element, Unreadable, elements

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
THINGS = st.dictionaries(st.text(), VALUES, max_size=4)


def cut(data: bytes, size: int) -> list[Element]:
    return list(elements(data[at : at + size] for at in range(0, len(data), size)))


@settings(max_examples=30, deadline=None)
@given(st.lists(VALUES, max_size=6), st.integers(1, 40), st.booleans(), st.sampled_from([None, 1]))
def test_any_list_cut_anywhere(told: list[Any], size: int, plain: bool, indent: int | None) -> None:
    data = json.dumps(told, ensure_ascii=plain, indent=indent).encode("utf-8", "replace")
    assert [json.loads(each.raw) for each in cut(data, size)] == json.loads(data)


@settings(max_examples=30, deadline=None)
@given(THINGS, st.integers(1, 40))
def test_a_single_object_is_a_list_of_one(told: dict[str, Any], size: int) -> None:
    data = b"\xef\xbb\xbf \n" + json.dumps(told).encode() + b"\n"
    assert [json.loads(each.raw) for each in cut(data, size)] == [told]


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 40))
def test_nonsense_is_cut_or_refused(data: bytes, size: int) -> None:
    try:
        cut(data, size)
    except Unreadable:
        return


@pytest.mark.parametrize(
    "data",
    [b"", b" ", b"5", b'"x"', b"[", b"[{}", b"[{}{}]", b"[{},]", b"[,{}]", b"[{},,{}]", b"[{}] 5", b"[{}][",
     b"{}{}", b"[5 6]", b"[5,]", b"[,5]", b"[x]", b"[{} 5]", b"[5 {}]", b"]", b"[{}]]"],
)  # fmt: skip
def test_what_is_not_a_list_of_things_is_refused(data: bytes) -> None:
    for size in (1, 100):
        with pytest.raises(Unreadable):
            cut(data, size)


def test_what_is_too_deep_or_too_large_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "LARGEST", 1000)
    deep = b'{"a":' * 200 + b"1" + b"}" * 200
    large = json.dumps({"a": [{"b": "x" * 90}] * 30}).encode()
    data = b"[" + b",".join([b'{"n":1}', deep, b'{"n":2}', large, b'{"n":3}']) + b"]"
    for size in (10, 10_000):
        found = cut(data, size)
        assert [each.raw for each in found if each.raw] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
        assert [bool(each.problem) for each in found] == [False, True, False, True, False]
    with pytest.raises(Unreadable, match="longer than"):
        cut(b'[{"a": "' + b"x" * 5000, 100)
