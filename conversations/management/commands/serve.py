"""`manage.py serve`: prepares what is missing, says where the page is, and serves it until told to stop."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.module_loading import import_string

from conversations import checks, lifecycle, localmodel, providers, setup
from conversations.localmodel import provider
from conversations.serving import CannotStart, address, assets, database, folder

# Seconds after which the start is over, the first page included.
TIDY_AFTER = 5.0


class Command(BaseCommand):
    help = "Serves the chat: migrates, collects static files, starts the demo model if no upstream is set."
    # Checked once, in `prepare`, after the port and the folder.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.serve()
        except CannotStart as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            sys.exit(130)
        leave()

    def serve(self) -> None:
        # A shell that starts us in the background leaves SIGINT ignored; here it stops the server too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.host, self.port = settings.ENVIRONMENT.host, settings.ENVIRONMENT.port
        address.check_free(self.host, self.port)
        # One server for one SQLite file: what was still running in it when we came is dead.
        self.sole = connection.vendor == "sqlite"
        with folder.hold(settings.DATA_DIR, alone=self.sole):
            self.prepare()
            with self.local_model():
                self.serve_pages()

    def prepare(self) -> None:
        collection = assets.Collection()
        # Ours only: Django's many checks are of the code, and the tests run them.
        self.check(tags=[checks.TAG])
        if database.bring_up_to_date():
            self.say("The database is up to date.")
        if collection.finish():
            self.say("The static files are collected.")
        providers.sync_environment_provider()
        self.set_up_link = setup.setup_link()
        if self.set_up_link and not address.is_loopback(self.host):
            raise CannotStart(
                f"HOST: {self.host} can be reached from other machines, and there is no account yet; "
                "start once without HOST, make your account through the set-up link, then set HOST again."
            )

    @contextlib.contextmanager
    def local_model(self) -> Iterator[None]:
        """Keeps the demo model alive meanwhile, if nobody said where a better one is."""
        if not provider.is_wanted():
            provider.leave_local_model()
            yield
            return
        try:
            model = localmodel.LocalModel(settings.DATA_DIR / "local-model.log", provider.move)
        except localmodel.NotInstalled as error:
            self.say(f"{error} Set OPENAI_BASE_URL and OPENAI_API_KEY to chat.")
            provider.leave_local_model()
            yield
            return
        provider.use_local_model(model.address, model.api_key)
        model.start()
        try:
            yield
        finally:
            model.stop()

    def serve_pages(self) -> None:
        # Here, because Twisted and the whole application are of no use to a start that was refused.
        from conversations.serving import web

        application = import_string(settings.ASGI_APPLICATION)
        gc.collect()
        web.serve(application, host=self.host, port=self.port, started=self.started, drain=lifecycle.end)

    def started(self) -> None:
        lifecycle.start_in_running_loop(sole=self.sole)
        asyncio.get_running_loop().call_later(TIDY_AFTER, tidy_memory)
        page = address.page_address(self.host, self.port)
        self.say(f"Chat is at {page}")
        if self.set_up_link:
            self.say(f"There is no account yet. Make yours, once: {page.rstrip('/')}{self.set_up_link}")
        self.say("Ctrl-C stops it.")

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def tidy_memory() -> None:
    """What is alive now lives as long as the process: the collector need not look at it again.

    Only what is young is looked at here, for a look at everything would hold up the answers that run by a
    tenth of a second.
    """
    gc.collect(1)
    gc.freeze()


def leave() -> NoReturn:
    """Ends the process, when everything is saved and closed, without waiting for its threads.

    A page's thread that waits for the event loop, which has ended, would be waited for without end.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
