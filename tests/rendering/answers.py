"""Texts as models write them, and pieces from which fuzzing builds texts that nobody would write."""

BINARY_SEARCH = r"""## Binary search

It takes $O(\log n)$ steps, see [the docs](https://docs.python.org/3/) or `list[int]`.

```python
def find(values: list[int]) -> list[int]:
    return [values[0]]

# done
```

1. First, install it:
```bash
pip install x[y]:z
```
2. Then:

   ```js
   const a = b[0];

   export default a;
   ```

   and a paragraph inside.

| a | b |
|:--|--:|
| 1 | $x$ |

$$
a
=
- b
$$
where \(a\) is given.

- [x] done
- [ ] open

> a quote
lazily continued

The end.
"""

CITED = """Water boils at 100 °C [1], see also [the table][t] and a note[^n].

```yaml
[1]: not a definition
```

More text without any.

[1]: https://example.org/boiling
[t]: https://example.org/table "Table"
[^n]: At sea level.

    Second paragraph of the note.

And an end.
"""

EARLY_DEFINITION = "[a]: https://example.org\n\nSee [a].\n\n```py\nx = 1\n```\n\nand [b].\n"

LOOSE_AND_TIGHT = "- a\n- b\n\n- c\n\nText\n\n* x\n  - y\n\n    z\n\n1. one\n2. two\n\n    code\n\nend\n"

SETEXT_AND_TABLES = "Title\n=====\n\na\n---\n\na | b\n--|--\n1 | 2\n\n```py | x\n--|--\n\nline\n-|-\n"

UNCLOSED = "Text\n\n$$\nx\n\ny **b**\n\n```\ncode\n\n$$ more\n\n- item\n"

WINDOWS = "a\r\n\r\nb\rc\r\r- x\r\n"

ANSWERS = [BINARY_SEARCH, CITED, EARLY_DEFINITION, LOOSE_AND_TIGHT, SETEXT_AND_TABLES, UNCLOSED, WINDOWS]

PIECES = [
    *(
        "- a",
        "* b",
        "  c",
        "    code",
        "1. x",
        "2) y",
        "10. z",
        "> q",
        "> - a",
        ">",
        "- ",
        "+",
        "-",
        "# h",
        "#",
    ),
    *(
        "```",
        "~~~",
        "```py",
        "````",
        "  ```",
        "   ```",
        "- ```",
        "---",
        "===",
        "***",
        "a | b",
        "-|-",
        "|a|",
        "|-|",
    ),
    *("$$", "$$ x", "x $$", "$$x$$", "$", "\\[", "\\]", "\\(", "\\)", "\\", "\\begin{a}"),
    *(
        "[a]",
        "[a]: http://x.y",
        "[a]: /u",
        "[A]:",
        "[^1]",
        "[^1]: note",
        "[^1]: n [a]",
        "[^1]: [a]: http://u.v",
    ),
    *(
        "[a\\]b]",
        "[a\\]b]: http://x.y",
        "[b\nc]: http://q.r",
        "[b c]",
        "]:",
        "[",
        "]",
        ":",
        " 'title'",
        "\n'title'",
    ),
    *(
        "text",
        "**b**",
        "*",
        "_",
        "~~",
        "`code`",
        "`",
        "<div>",
        "<!--",
        "-->",
        "&amp;",
        "!",
        "![i](http://x.y/z)",
    ),
    *("[t](http://x.y)", "http://a.b", "a@b.co", "- [ ] t", "[x] t", "  - nested", "   1. n", "    - deep"),
    *(
        "\n",
        "\n",
        "\n",
        "\n\n",
        "\n\n",
        "\n\n",
        " ",
        "    ",
        "\t",
        "\r\n",
        "\r",
        "\x00",
        "\u2028",
        "\x0c",
        "漢",
        "\u202e",
    ),
]
