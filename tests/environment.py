"""Loaded before Django's settings: tests have a data folder of their own and nothing from outside.

Their database is SQLite and their channel layer in memory, unless tests/servers.py names other ones: never
those of the person who runs the tests, for rows are flushed and caches cleared.
"""

import atexit
import os
import shutil
import tempfile

FOREIGN = (
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
    "DATABASE_URL",
    "DEFAULT_MODEL",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "UPSTREAM_PROXY",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "GENERATION_RUNNER",
    "SIGNUP",
    "LEDGER_NAMES",
    "TIME_ZONE",
    "LOG_FORMAT",
    "METRICS",
    "METRICS_TOKEN",
    "HOST",
    "PORT",
    "TRASH_DAYS",
    "TRUSTED_PROXIES",
)

for name in FOREIGN:
    os.environ.pop(name, None)
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
if urls := os.environ.get("TEST_REDIS_URLS", "").split():
    # One for each worker of pytest-xdist (gw0, gw1, …): they know each other's topics by name.
    os.environ["REDIS_URL"] = urls[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])]
# No test but those of these limits meets them.
os.environ.update(RATE_LIMIT_MESSAGES="0", MAX_RUNNING_PER_USER="0")
# Titles are one more request each; only their own tests want it.
os.environ["TITLES"] = "cut"
# Playwright's synchronous interface has a loop in the test's thread, beside which Django refuses the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["DATA_DIR"] = folder = tempfile.mkdtemp(prefix="chat-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
