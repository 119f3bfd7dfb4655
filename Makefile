# Rasid: every target sets up what it needs; `make help` lists them.
VENV   := .venv
BIN    := $(VENV)/bin
# PYTHON= chooses another interpreter; without it the one of .venv stays, or python3 makes it.
ifeq ($(origin PYTHON),undefined)
PYTHON := $(firstword $(wildcard $(BIN)/python) python3)
endif
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
READY  := $(VENV)/.ready-$(VERSION)

.PHONY: help setup demo crawl serve test soak bench lint clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# The stamp names the version, so another interpreter makes the environment anew.
$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Rasid needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "setting up $(VENV) with Python $(VERSION); this takes about half a minute"
	@rm -f $(VENV)/.ready-*
	@$(BIN)/python -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(VERSION)")' \
		2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: $(READY) ## make .venv, or refresh it when the requirements changed

demo: setup ## the main job on the built-in demo web: no network needed
	$(BIN)/scrapy demo

crawl: setup ## the main job on the live web
	$(BIN)/scrapy run

serve: setup ## open the results in Datasette
	$(BIN)/scrapy serve

lint: setup ## ruff and mypy
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## everything, offline
	$(BIN)/python -m pytest -n auto --dist loadfile

soak: setup ## long checks: scale and kills; not part of the tests
	$(BIN)/python -m pytest tests/soak

bench: setup ## accuracy and speed beside peers (docs/benchmarks.md)
	for each in benchmarks/*.py; do $(BIN)/python $$each; done

clean: ## remove the environment and caches; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
