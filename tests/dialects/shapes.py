"""What the objects look like: choices, deltas, parts, reasoning, finish_reason, usage."""

from typing import Any

from tests.dialects.case import DONE, END, STOP, Case, data, delta, says, usage


def choice(**fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, **fields}]}


def thinks(**fields: Any) -> list[bytes]:
    return [data(delta(**fields)), says("So: 42."), END]


def finishes(name: str, reason: str) -> Case:
    return Case(
        name, [says("As far as"), data(delta(reason)), DONE], content="As far as", finish_reason=reason
    )


SHAPES = [
    Case(
        "nothing-where-something-is-expected",
        [
            data({}, {"choices": None}, {"choices": []}, {"choices": [None]}, choice(delta=None), choice()),
            data(None, 7, [], "text", choice(delta={"content": None})),
            says("still"),
            data(choice(delta={}, finish_reason="stop"), {"choices": None, "usage": None}),
            DONE,
        ],
        content="still",
    ),
    Case(
        "role-on-every-chunk",
        [data(*(delta(role="assistant", content=text) for text in ("", "a", "b"))), END],
        content="ab",
    ),
    Case(
        "a-filter-report-first",
        [data({"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}), says("Clean."), END],
        content="Clean.",
    ),
    Case(
        "content-in-parts",
        [data(delta(content=[{"type": "text", "text": "one "}, {"type": "text", "text": "two"}])), END],
        content="one two",
    ),
    Case(
        "other-answers-are-left-out",
        [
            data(
                {
                    "choices": [
                        {"index": 1, "delta": {"content": "no"}},
                        {"index": 0, "delta": {"content": "yes"}},
                    ]
                }
            ),
            END,
        ],
        content="yes",
    ),
    Case(
        "the-whole-message-again-at-the-end",
        [
            says("Tell ", "once"),
            data(choice(message={"role": "assistant", "content": "Tell once"}, finish_reason="stop")),
        ],
        content="Tell once",
    ),
    Case(
        "ollamas-own-chunks",
        [
            data({"model": "m", "message": {"role": "assistant", "content": "ol"}, "done": False}),
            data(
                {
                    "message": {"content": "lama"},
                    "done": True,
                    "done_reason": "stop",
                    "prompt_eval_count": 3,
                    "eval_count": 2,
                }
            ),
        ],
        content="ollama",
        usage=(3, 2, 5),
    ),
    Case(
        "the-older-completions",
        [data(choice(text="old")), data(choice(text="", finish_reason="stop")), DONE],
        content="old",
    ),
    Case(
        "halves-of-a-character",
        [data(delta(content="x\ud83e")), data(delta(content="\udeb2y")), END],
        content="x\U0001fab2y",
    ),
    Case("half-a-character-alone", [data(delta(content="x\ud83e")), says("y"), END], content="x\ufffdy"),
    Case("nul", [says("a\x00b"), END], content="a\ufffdb"),
    Case("spaces-are-text", [says(" ", "\n\n", "  x \n"), END], content=" \n\n  x \n"),
    Case(
        "markup-is-text",
        [says("<script>alert(1)</script>&amp;"), END],
        content="<script>alert(1)</script>&amp;",
    ),
    Case("no-text-at-all", [END]),
    Case("finish-reason-empty", [data(delta("", content="a"), delta("", content="b")), END], content="ab"),
    Case(
        "finish-reason-with-the-last-text", [says("a"), data(delta("stop", content="b")), DONE], content="ab"
    ),
    finishes("length", "length"),
    finishes("content-filter", "content_filter"),
    finishes("an-unknown-reason", "eos_token"),
    Case(
        "reasoning-content",
        thinks(reasoning_content="Six times seven."),
        reasoning="Six times seven.",
        content="So: 42.",
    ),
    Case("reasoning", thinks(reasoning="Six times seven."), reasoning="Six times seven.", content="So: 42."),
    Case(
        "reasoning-twice-over",
        thinks(reasoning="Once.", reasoning_details=[{"type": "reasoning.text", "text": "Once."}]),
        reasoning="Once.",
        content="So: 42.",
    ),
    Case(
        "reasoning-details",
        thinks(reasoning_details=[{"type": "reasoning.summary", "summary": "In short."}]),
        reasoning="In short.",
        content="So: 42.",
    ),
    Case(
        "thinking-parts",
        thinks(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]),
        reasoning="Hm.",
        content="So: 42.",
    ),
    Case(
        "think-tags-in-pieces",
        [says("<thi", "nk>Hm", ".</th", "ink>So: ", "42."), END],
        reasoning="Hm.",
        content="So: 42.",
    ),
    Case("a-tag-in-the-middle-is-text", [says("Write <think> here"), END], content="Write <think> here"),
    Case("refusal", [data(delta(refusal="I can"), delta(refusal="not.")), END], refusal="I cannot."),
    Case(
        "refusal-part",
        [data(delta(content=[{"type": "refusal", "refusal": "No."}])), END],
        refusal="No.",
    ),
    Case(
        "usage-last",
        [says("a"), STOP, data({"choices": [], "usage": usage(9, 1)}), DONE],
        content="a",
        usage=(9, 1, 10),
    ),
    Case(
        "usage-with-the-finish",
        [says("a"), data(delta("stop") | {"usage": usage(8, 2)}), DONE],
        content="a",
        usage=(8, 2, 10),
    ),
    Case(
        "usage-on-every-chunk",
        [
            data(
                delta(content="a") | {"usage": usage(5, 1)},
                delta("stop", content="b") | {"usage": usage(5, 2)},
            ),
            DONE,
        ],
        content="ab",
        usage=(5, 2, 7),
    ),
    Case(
        "usage-in-x-groq",
        [says("a"), data(delta("stop") | {"x_groq": {"usage": usage(7, 1)}}), DONE],
        content="a",
        usage=(7, 1, 8),
    ),
    Case(
        "usage-in-the-choice",
        [says("a"), data(choice(delta={}, finish_reason="stop", usage=usage(6, 1))), DONE],
        content="a",
        usage=(6, 1, 7),
    ),
    Case(
        "usage-of-nulls",
        [says("a"), data(delta("stop") | {"usage": dict.fromkeys(usage(0, 0))}), DONE],
        content="a",
    ),
    Case("usage-after-done", [says("a"), END, data({"choices": [], "usage": usage(9, 9)})], content="a"),
]
