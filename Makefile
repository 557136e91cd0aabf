# `make run` and `make test` do everything from a bare machine with Python 3.11+, pip and make, and little when nothing changed.
PYTHON ?= python3
VENV := .venv
VPY := $(VENV)/bin/python
# Added to the command line of the server, as in: make run ARGS="--server.port 8600"
ARGS ?=
# Of `make class`: where the class finds it; how many servers, one a core if left out; this machine's address, found out if left out.
PORT ?= 8600
SERVERS ?=
ADDRESS ?=
# Of `make bench`: some of its parts, as in: make bench ONLY="reruns first_figure"
ONLY ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where it is set, each of the processes that tests start would compile all modules anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run class test lint shapes bench clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run-stamp ## install what is missing and open the dashboard in the browser
	@$(VPY) -m lstmviz.fused
	@$(VPY) -m streamlit run app.py $(ARGS)

class: $(VENV)/.run-stamp ## the same for a room: a server a core behind one address, as in: make class PORT=8600
	@$(VPY) -m lstmviz.fused
	@exec $(VPY) -m lstmviz.classroom --port "$(PORT)" $(if $(SERVERS),--servers "$(SERVERS)") $(if $(ADDRESS),--address "$(ADDRESS)")

test: $(VENV)/.test-stamp ## install what is missing, then lint and run every test
	@$(VPY) tests/browser/chromium.py
	@$(VPY) -m tests.browser.haproxy
	@$(VPY) -m lstmviz.fused
	@$(MAKE) --no-print-directory lint
	$(VPY) -m pytest -n 3 --dist worksteal

lint: $(VENV)/.test-stamp ## check style, formatting, types and the direction of imports
	$(VPY) -m ruff check
	$(VPY) -m ruff format --check
	$(VPY) -m mypy
	@$(MAKE) --no-print-directory shapes
	$(VPY) -m pytest -q tests/house/test_imports.py

# Node checks what the parts in the browser hand to each other, and nothing else: without it, everything runs all the same.
shapes:
	@if command -v npm >/dev/null; then $(MAKE) -s node_modules/.stamp && echo node_modules/.bin/tsc && node_modules/.bin/tsc; \
	elif [ "$$CI" = true ]; then echo "The types of the parts in the browser are to be checked here, and that needs Node.js with npm." >&2; exit 1; \
	else echo "Node.js with npm is not installed here, so the types of the parts in the browser stay unchecked."; fi

bench: $(VENV)/.test-stamp ## measure the fast path against torch and the player in the browser
	@$(VPY) -m benchmarks $(ONLY)

clean: ## delete everything that make made, the virtual environment too
	rm -rf $(VENV) node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.run-stamp: requirements.txt | $(VENV)/bin/pip
	$(VPY) -m pip install -r requirements.txt
	@touch $@

# Both files in one command: pip then sees all pins at once.
$(VENV)/.test-stamp: requirements.txt requirements-dev.txt | $(VENV)/bin/pip
	$(VPY) -m pip install -r requirements.txt -r requirements-dev.txt
	@touch $(VENV)/.run-stamp $@

node_modules/.stamp: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# The second way is for a Python that came without ensurepip, as Debian's does: its own pip then installs one.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "lstmviz needs Python 3.11 or newer, but \`$(PYTHON)\` says: $$($(PYTHON) --version 2>&1)." \
			"Name another, as in: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Without ensurepip, then: a bare environment, and pip into it." >&2; \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(VPY) install pip; }
