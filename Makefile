# The commands every reader can rely on; `make` alone lists them. Everything that is fetched or built leaves a stamp,
# so a second run starts in seconds.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv),.tools/bin/uv)
# Nothing is downloaded from anywhere but the package registries.
export UV_PYTHON_DOWNLOADS := never
export PYTHONUNBUFFERED := 1
# Every process of the tests imports the same thousand modules: they are compiled once, when they are installed or first
# read, whatever the caller's surroundings say.
unexport PYTHONDONTWRITEBYTECODE

# A node that is 20.19 or newer from PATH, else the one of the wheel.
NODE_ON_PATH = node=$$(tools/node.sh) && PATH="$$node:$$PATH"
IN_PWA = $(NODE_ON_PATH) && cd pwa &&
RUN := $(UV) run --frozen
# Tests and days run in this many processes at a time; each has a PostgreSQL of its own.
PROCESSES ?= 3
# Where `make soak` goes on that was broken off: the smallest seed of the last lines, one a process.
SEED ?= 1
PYTHON_STAMP := .venv/.stamp
NPM_STAMP := pwa/node_modules/.stamp
PWA_STAMP := pwa/dist/.stamp
POUCHDB_STAMP := bench/pouchdb/node_modules/.stamp
CHROMIUM_STAMP := .tools/chromium.stamp
PWA_SOURCES := $(shell find pwa shared_schemas -path '*/node_modules' -prune -o -path pwa/dist -prune -o -type f \
	! -name '*.py' ! -name '*.pyc' ! -name '* *' -print)

.PHONY: help setup check test demo soak-short soak fresh bench clean

help:
	@echo "make demo        two living wards and a home-care team at http://127.0.0.1:8000; Ctrl-C stops all"
	@echo "make test        all tests, in a real PostgreSQL and a real Chromium"
	@echo "make check       format, lint, types, import contracts, tidy, generated files"
	@echo "make soak-short  500 seeds of bad hours, 20 simulated days, and the kills of PostgreSQL"
	@echo "make soak        the long forms of all three"
	@echo "make fresh       a fresh clone with an empty HOME runs the tests and the demo"
	@echo "make bench       the benchmarks; writes bench/results.json"

# --- what the commands stand on ---

.tools/bin/uv:
	@tools/fetch.sh uv sh -c 'python3 -m venv .tools && .tools/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)'

$(PYTHON_STAMP): pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	@tools/fetch.sh python $(UV) sync --frozen --compile-bytecode
	@touch $@

$(NPM_STAMP): pwa/package.json pwa/package-lock.json | $(PYTHON_STAMP)
	@$(IN_PWA) ../tools/fetch.sh pwa npm ci --loglevel=error --no-audit --no-fund --no-update-notifier
	@touch $@

$(PWA_STAMP): $(NPM_STAMP) $(PWA_SOURCES)
	@echo "pwa: building"
	@$(IN_PWA) npm run build
	@touch $@

$(CHROMIUM_STAMP): tools/chromium.sh | $(PYTHON_STAMP)
	@tools/chromium.sh
	@mkdir -p $(@D) && touch $@

# What the benchmark compares with; nothing else needs it.
$(POUCHDB_STAMP): bench/pouchdb/package.json bench/pouchdb/package-lock.json | $(PYTHON_STAMP)
	@$(NODE_ON_PATH) && cd bench/pouchdb && ../../tools/fetch.sh pouchdb npm ci --loglevel=error --no-audit --no-fund --no-update-notifier
	@touch $@

setup: $(PYTHON_STAMP) $(NPM_STAMP) $(PWA_STAMP)

# --- the commands ---

check: $(PYTHON_STAMP) $(NPM_STAMP)
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) lint-imports
	$(RUN) pyright
	$(RUN) codespell
	$(RUN) pytest -q tests/test_tidy.py tests/test_wiring.py tests/schemas
	$(IN_PWA) npm run check

test: setup $(CHROMIUM_STAMP)
	$(IN_PWA) npm test
	$(NODE_ON_PATH) && $(RUN) pytest -n $(PROCESSES) --dist worksteal --durations=25

demo: setup
	@exec $(RUN) python -m ward_sim demo

# xargs fails when one of them did.
DAYS = seq 1 $(1) | xargs -P $(PROCESSES) -I{} $(RUN) python -m ward_sim day --seed {} --json

soak-short: setup
	$(RUN) python -m ward_sim chaos --seeds 500 --jobs $(PROCESSES) --json
	$(call DAYS,20)
	WARD_KILLS=24 $(RUN) pytest -q tests/postgres

soak: setup
	$(RUN) python -m ward_sim chaos --seed $(SEED) --seeds $$((100001 - $(SEED))) --jobs $(PROCESSES) --json
	$(call DAYS,400)
	WARD_KILLS=200 $(RUN) pytest -q tests/postgres tests/sync/test_under_load.py

fresh:
	tools/fresh.sh

bench: setup $(CHROMIUM_STAMP) $(POUCHDB_STAMP)
	$(RUN) python -m bench
	$(IN_PWA) npm run bench
	$(NODE_ON_PATH) && $(RUN) python -m bench.offline

clean:
	rm -rf .venv .tools pwa/node_modules pwa/dist bench/out bench/pouchdb/node_modules
