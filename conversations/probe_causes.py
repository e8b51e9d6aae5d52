"""Why something does not work, most likely, and what to do: by the kind of an error and by its words."""

from django.utils.translation import gettext, gettext_noop

# Likely causes by kind (conversations/upstream/errors.py, failures.py): where no HTTP answer came at all…
UNREACHED = {
    "refused": gettext_noop(
        "It is not running, or on another port. From inside a container, localhost is the container itself."
    ),
    "dns": gettext_noop("The name is misspelt, or known only in another network."),
    "tls": gettext_noop("The certificate does not fit the name, or plain http is spoken there."),
    "forbidden": gettext_noop(
        "The name leads to a link-local or metadata address, perhaps by a mistake in DNS."
    ),
    "proxy": gettext_noop(
        "UPSTREAM_PROXY names a proxy that does not let us through, or not with this password."
    ),
    "reset": gettext_noop(
        "Another protocol is spoken there: https where the address says http, or a firewall cuts it."
    ),
    "closed": gettext_noop(
        "Another protocol is spoken there: https where the address says http, or no HTTP at all."
    ),
    "protocol": gettext_noop(
        "Another protocol is spoken there: https where the address says http, or no HTTP at all."
    ),
    "unreadable_key": gettext_noop("SECRET_KEY is another one than when the key was stored."),
    "bad_url": gettext_noop("The base URL is not written as an address."),
    "bad_request": gettext_noop(
        "The key or a header holds characters that cannot be sent, often a typed quote."
    ),
}
BETWEEN = gettext_noop("A firewall or a proxy is between, or the machine is switched off.")
# …and where one did.
CAUSES = {
    "key": gettext_noop("The key is missing, wrong, expired, or belongs to another server."),
    "not_found": gettext_noop(
        "The model's name is misspelt, or the address does not end where /chat/completions begins "
        "(most end with /v1)."
    ),
    "too_long": gettext_noop("The model's context is too small even for a question of twenty words."),
    "rate_limited": gettext_noop("The account has no credit left, or asks too often."),
    "server": gettext_noop("The server has a fault of its own; its log will say more."),
    "redirect": gettext_noop("The address has moved, often from http to https: enter the new one."),
    "refused": gettext_noop(
        "It does not take the request as it is: the model or the address may be for something else."
    ),
    "parameter": gettext_noop("A default parameter of this provider does not suit this model."),
    "not_understood": gettext_noop(
        "Something else than an OpenAI-compatible server answers here: a login page, a proxy, "
        "or an address without /v1."
    ),
    "first_token": gettext_noop("The model is still being loaded, or the machine is too slow for it."),
    "idle": gettext_noop("The machine is overloaded, or a proxy holds the answer back."),
    "total": gettext_noop("The model does not come to an end, or the machine is too slow for it."),
    "interrupted": gettext_noop("The server or a proxy between closed the connection in the middle."),
    "reported": gettext_noop("The server gave up in the middle; its log will say more."),
}
_PRIVATE = gettext_noop(
    "It is signed by itself or by a private authority. Name the authority's file in SSL_CERT_FILE."
)
_PLAIN = gettext_noop("Plain http is spoken there: the address should begin with http://.")
_SECURE = gettext_noop("The server speaks https: the address should begin with https://.")
# Words of an error that tell more than its kind, in small letters; the kind, "" for any; and the cause.
_TOLD = (
    ("expired", "tls", gettext_noop("It must be renewed on the server. Look at this machine's clock, too.")),
    ("self-signed", "tls", _PRIVATE),
    ("self signed", "tls", _PRIVATE),
    ("issuer", "tls", _PRIVATE),
    ("mismatch", "tls", gettext_noop("The certificate is for another name. Enter the name that it is for.")),
    ("wrong version", "tls", _PLAIN),
    ("record layer", "tls", _PLAIN),
    (
        "resolver",
        "dns",
        gettext_noop("This machine's DNS does not answer. Look at its network, or at the container's."),
    ),
    ("plain http request", "", _SECURE),
    ("http request to an https", "", _SECURE),
    (
        "no endpoints found",
        "",
        gettext_noop("No server behind this gateway offers the model with what was asked."),
    ),
    ("loading", "server", gettext_noop("The model is being loaded. Try again in a minute.")),
)
NO_KEY = gettext_noop("No key is stored, and this server wants one.")


def cause_of(kind: str, said: str, *, reached: bool, has_key: bool = True) -> str:
    """In the reader's language; `said` is in English, as it is stored."""
    return gettext(_cause_of(kind, said, reached=reached, has_key=has_key))


def _cause_of(kind: str, said: str, *, reached: bool, has_key: bool) -> str:
    if kind == "key" and not has_key:
        return NO_KEY
    words = said.lower()
    for part, of_kind, cause in _TOLD:
        if part in words and of_kind in ("", kind):
            return cause
    if not reached:
        return UNREACHED.get(kind, BETWEEN)
    return CAUSES.get(kind, CAUSES["server"])
