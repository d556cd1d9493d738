# Everything a newcomer or a server needs; `make help` lists it. Only Python 3.11 with pip is assumed.
# What the program writes lands in var/, what pip installs in .venv/.

VENV := .venv
PY := $(VENV)/bin/python
# Settings the tools and tests run with, so that they never touch the keys or data of an installation.
SANDBOX := DATA_DIR=$(CURDIR)/var/test KEY_DIR=$(CURDIR)/var/test/keys SECRET_KEY=tests-only
PYTEST := $(PY) -m pytest
# Playwright's synchronous API keeps an event loop in the thread in which a test uses the database.
BROWSER := $(SANDBOX) DJANGO_ALLOW_ASYNC_UNSAFE=1
COMPILE := $(PY) -m piptools compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	--no-header --no-annotate --no-emit-options --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host $(if $(UPGRADE),--upgrade)

ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for name in python3.11 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& echo "$$name" && break; done)
endif
# An environment made where ensurepip is missing (Debian without python3-venv) borrows the system's pip.
PIP = $(if $(shell test -x $(VENV)/bin/pip && echo own),$(PY) -m pip,$(PYTHON) -m pip --python $(PY))

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help install demo tamper-demo serve test test-postgres chaos browser check screenshots bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(VENV)/.base ## install what the product needs into .venv

demo: install ## play a whole tender in var/demo (CASE=file another case, WITNESS=0 no witness, BYHAND=1 only prepare)
	@DEMO=1 $(PY) manage.py demo $(if $(CASE),--case $(CASE)) $(if $(filter 0,$(WITNESS)),--no-witness) $(if $(BYHAND),--by-hand)

tamper-demo: install ## attack a small installation in every way of the matrix, in var/tamper
	@DEMO=1 DATA_DIR=$(CURDIR)/var/tamper $(PY) manage.py tamper_demo

serve: install ## start the site on this machine
	@DEMO=1 $(PY) manage.py serve

test: $(VENV)/.test ## run the tests on SQLite
	@$(PYTEST) -m "not browser and not postgres and not chaos"

test-postgres: $(VENV)/.test ## run the tests on PostgreSQL (DATABASE_URL=postgresql://user:password@host/name)
	@case "$$DATABASE_URL" in postgresql://*) ;; \
	*) echo "test-postgres: set DATABASE_URL=postgresql://user:password@host/name" >&2; exit 2;; esac
	@case "$$DATABASE_ADMIN_URL" in "") echo "test-postgres: without DATABASE_ADMIN_URL=… the tests of roles" \
		"are skipped, unless DATABASE_URL names a superuser" >&2;; esac
	@$(PYTEST) -m "not browser and not chaos"

chaos: $(VENV)/.test ## run the tamper matrix and the random mutations (minutes)
	@$(PYTEST) -m chaos

browser: $(VENV)/.test ## run the browser tests (needs /usr/bin/chromium)
	@test -x /usr/bin/chromium || { echo "browser: /usr/bin/chromium is missing" >&2; exit 2; }
	@$(BROWSER) $(PY) -m pytest -n 0 -m browser

check: $(VENV)/.dev ## lint, format, types, imports between modules, migrations, Django's own checks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(SANDBOX) $(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(SANDBOX) DATABASE_URL=sqlite:///:memory: $(PY) manage.py makemigrations --check --dry-run
	$(SANDBOX) DATABASE_URL=sqlite:///:memory: $(PY) manage.py check

screenshots: $(VENV)/.test ## photograph the pages into docs/img (needs /usr/bin/chromium)
	@test -x /usr/bin/chromium || { echo "screenshots: /usr/bin/chromium is missing" >&2; exit 2; }
	@$(BROWSER) $(PY) -m tests.screenshots docs/img

bench: $(VENV)/.bench ## measure the trail against none and against peers (DATABASE_URL for PostgreSQL)
	@$(PY) -m benchmarks.audited_change
	@$(PY) -m benchmarks.long_log
	@case "$$DATABASE_URL" in postgresql://*) $(PY) -m benchmarks.commits;; esac

lock: $(VENV)/.dev ## write the lock files anew from requirements/*.in (UPGRADE=1 takes newer versions)
	$(COMPILE) --output-file requirements/base.lock requirements/base.in
	$(COMPILE) --output-file requirements/test.lock requirements/test.in
	$(COMPILE) --output-file requirements/dev.lock requirements/dev.in

clean: ## remove the environment and all caches; var/ stays
	rm -rf $(VENV) .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache \
		.coverage htmlcov
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed: neither python3.11 nor python3 is it." \
		"Install it or name it: make PYTHON=/path/to/python3.11 …" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)

# A lock names everything, so nothing is left for pip to choose: by itself it would take the newest
# release of what a package wants with an extra (`coverage[toml]`), and refuse it as not pinned.
$(VENV)/.%: requirements/%.lock | $(PY)
	@echo "Installing $< …"
	@$(PIP) install --quiet --no-deps --require-hashes -r $<
	@touch $@
