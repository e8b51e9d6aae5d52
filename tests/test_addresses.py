"""The address that is recorded and counted: that of the person, not of our proxy, and never a made-up one."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from conversations.addresses import client_address
from conversations.models import AuditEntry
from tests.conftest import Limits


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "203.0.113.7", "192.0.2.1"),  # anybody can write that
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "10.9.9.9, 203.0.113.7", "203.0.113.7"),  # the first is made up
        (2, "10.9.9.9, 203.0.113.7, 198.51.100.4", "203.0.113.7"),
        (2, "203.0.113.7", "192.0.2.1"),  # it did not come through both
        (1, "", "192.0.2.1"),
        (1, "unknown", "192.0.2.1"),
        (1, "203.0.113.7:49152", "203.0.113.7"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "<script>", "192.0.2.1"),
    ],
)
def test_who_asks(limits: Limits, trusted: int, forwarded: str, address: str) -> None:
    limits["trusted_proxies"] = trusted
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **headers)  # type: ignore[arg-type]
    assert client_address(request) == address


@pytest.mark.parametrize("remote", ["", "a socket in a file"])
def test_nobody_can_say(remote: str) -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=remote)) is None


def test_the_audit_log_has_it(alice: User, client: Client, limits: Limits) -> None:
    limits["trusted_proxies"] = 1
    client.post("/accounts/login/", {"login": "alice", "password": "x"}, HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert AuditEntry.objects.get(kind="failure").address == "203.0.113.7"


def test_failures_behind_one_proxy_are_not_counted_together(
    alice: User, client: Client, limits: Limits
) -> None:
    limits["trusted_proxies"] = 1

    def tries(name: str, address: str) -> int:
        data = {"login": name, "password": "x"}
        return client.post("/accounts/login/", data, HTTP_X_FORWARDED_FOR=address).status_code

    shut_out = next(n for n in range(100) if tries(f"nobody{n}", "203.0.113.7") == 429)
    assert shut_out
    assert tries("alice", "203.0.113.8") == 200
