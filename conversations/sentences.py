"""The sentences for failures. Rows and the ledger keep them in English; whoever is shown one may read another
language: conversations/retelling.py finds the sentence again, with what was put into it.
"""

SENTENCES: list[str] = []


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the catalogues, and remembers it; `{names}` stand for what is put in."""
    SENTENCES.append(sentence)
    return sentence


NO_REASON = gettext_noop("no reason was given")
# What a page said that no page of ours says.
NOT_UNDERSTOOD = gettext_noop("This frame is not understood: {words}.")
NOT_A_FRAME = gettext_noop("This frame is not a JSON object.")
