# Two commands: `make run` serves the site, `make test` checks everything; `make check` is the
# quick part of it. All make what they need and are quick when it is there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run check test data audit sbom lock screenshots architecture clean

help: ## Show the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/'

run: $(VENV)/run.stamp ## Make environment and data if needed, serve on 127.0.0.1:8501
	@test -s data/releases/CURRENT || $(BIN)/cyber-valleys refresh
	$(BIN)/streamlit run app.py

define read_the_code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
endef

check: $(VENV)/test.stamp ## Format check, lint, types, tests that take a moment each
	$(read_the_code)
	$(PYTEST) -m "not (slow or browser or kill or recipe)" --hypothesis-profile=check

test: $(VENV)/test.stamp ## Format check, lint, types, all tests (finds or installs a browser)
	$(read_the_code)
	CYBER_VALLEYS_CHROMIUM="$$($(BIN)/python -m tests.browser.chromium)" && \
	export CYBER_VALLEYS_CHROMIUM && $(PYTEST)

data: $(VENV)/run.stamp ## Build and publish a release from data/register
	$(BIN)/cyber-valleys refresh

screenshots: $(VENV)/test.stamp ## Make the pictures of README and guide again
	$(BIN)/python -m tests.browser.screenshots

architecture: $(VENV)/run.stamp ## Draw again which room of the code imports which
	$(BIN)/python -m docs.rooms

audit: $(VENV)/test.stamp ## Look for known vulnerabilities in what is pinned; asks the internet
	@$(BIN)/python -m docs.audit

sbom: $(VENV)/test.stamp ## Write sbom.cdx.json, the list of parts (CycloneDX) of what is pinned
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
	  --mc-type application --output-reproducible --of JSON -o sbom.cdx.json

lock: $(VENV)/test.stamp ## Pin all dependencies again, with hashes
	$(BIN)/uv pip compile pyproject.toml --extra install --universal --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra install --extra lake --universal \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
	  -o requirements-lake.lock
	$(BIN)/uv pip compile pyproject.toml --extra install --extra postgres --universal \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
	  -o requirements-postgres.lock
	$(BIN)/uv pip compile pyproject.toml --extra install --extra reference --extra lake \
	  --extra postgres --extra dev --universal --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --quiet -o requirements-dev.lock
	$(BIN)/python -m docs.licences

clean: ## Remove environment and caches, keep data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Cyber Valleys needs Python 3.11 or newer as '$(PYTHON)'."; \
	  echo "Install it, or say where it is: make PYTHON=/path/to/python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
