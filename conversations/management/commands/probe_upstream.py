"""`manage.py probe_upstream`: does this server chat with us, how fast, and if not, why not?"""

import sys
import unicodedata
from argparse import ArgumentParser
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError

from conversations.models import Provider
from conversations.probe import probe
from conversations.probe_checks import checks_of, problems_of
from conversations.probe_findings import Findings
from conversations.providers import sync_environment_provider

MOST_MODELS = 30


class Command(BaseCommand):
    help = "Asks the upstream once without and once with streaming; exits with 1 if it cannot chat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", default="", help="a provider's name (default: the default one)")
        parser.add_argument("--model", default="", help="a model's id (default: the provider's own)")

    def handle(self, *args: Any, **options: Any) -> None:
        provider = _provider(options["provider"])
        findings = async_to_sync(probe)(provider, model=options["model"], say=self._say)
        self._report(findings)
        if not findings.can_chat:
            sys.exit(1)

    def _say(self, line: str) -> None:
        self.stderr.write(f"{for_terminal(line)} …")
        self.stderr.flush()

    def _report(self, findings: Findings) -> None:
        shown = ", ".join(findings.models[:MOST_MODELS]) or "none listed"
        more = len(findings.models) - MOST_MODELS
        self._write(f"Provider: {findings.provider} ({findings.base_url})")
        self._write(f"Models: {shown}{f' and {more} more' if more > 0 else ''}")
        self._write(f"Asked: {findings.model or 'no particular model'}")
        for check in checks_of(findings):
            if check.state == "ok":
                self._write(f"{check.name}: {check.found}")
        for problem in problems_of(findings):
            self._write(f"Does not work: {problem}")
        self._write("It can chat." if findings.can_chat else "It cannot chat.")

    def _write(self, line: str) -> None:
        self.stdout.write(for_terminal(line))


def for_terminal(text: str) -> str:
    """What upstreams send may steer a terminal: no control characters, no signs that turn the text around."""
    return "".join("\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char for char in text)


def _provider(name: str) -> Provider:
    """The row of that name; without a name the default one, the environment's made first if need be."""
    sync_environment_provider()
    if name:
        found = Provider.objects.filter(name=name).first()
        if found is None:
            names = ", ".join(Provider.objects.order_by("name").values_list("name", flat=True))
            raise CommandError(f"There is no provider called {name}. There are: {names or 'none'}.")
        return found
    usable = Provider.objects.usable().first()
    if usable is None:
        raise CommandError(
            "No provider is set up. Set OPENAI_BASE_URL and OPENAI_API_KEY, or add one in the administration."
        )
    return usable
