# Needs Python 3.11 or newer, pip and make. Each target sets up what it needs by itself.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup-stamp
# Another interpreter for test-other: the newest one here that runs.
OTHER ?= $(firstword $(foreach name,python3.14 python3.13 python3.12,$(if $(shell $(name) --version 2>&1 | grep '^Python 3'),$(name))))

.PHONY: setup run test test-other check bench screenshots clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(STAMP)

run: setup
	@$(BIN)/sfumato

test: setup
	$(BIN)/pytest -q -n 4

test-other:
	@if [ -z "$(OTHER)" ]; then echo "No other Python was found. Name one: make test-other OTHER=python3.13"; \
	else $(MAKE) --no-print-directory test VENV=.venv-other PYTHON="$(OTHER)"; fi

check: setup
	$(BIN)/ruff format --check app tests
	$(BIN)/ruff check app tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

bench: setup
	$(BIN)/python -m tests.bench

screenshots: setup
	$(BIN)/python -m tests.screenshots

clean:
	rm -rf .venv .venv-other build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
