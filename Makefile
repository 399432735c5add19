# Counterfoil's commands. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.installed-bench
LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet

# uv writes the lock for every Python and platform at once; plain pip installs it.
define WRITE_LOCK
@{ printf '# %s\n# Written by `make lock` from pyproject.toml; do not edit.\n' '$(1)'; \
   cat $(2).new; } > $(2) && rm $(2).new
endef

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-deep test-crash test-machines test-simulation test-soak test-mutation test-controls bench bench-full bench-reports check lint format lock audit real-orders golden vendor docs-reference schema clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## create .venv with the locked dependencies (again only when the lock changed)
	@:

# The stamp is written last, so an interrupted installation is simply repeated.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || { \
	    echo "Counterfoil needs Python 3.11 to 3.14, and '$(PYTHON)' says: $$($(PYTHON) --version 2>&1)." >&2; \
	    echo "Name another one: make setup PYTHON=python3.12" >&2; exit 1; }; \
	  $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the locked dependencies into $(VENV); the first time takes about a minute ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@touch $(STAMP)
	@echo "Ready: $$($(BIN)/python --version) in $(VENV)."

# The peers that the benchmark measures are nobody's tools, and come on top.
$(BENCH_STAMP): $(STAMP) requirements/bench.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements/bench.txt
	@touch $(BENCH_STAMP)

demo: setup  ## start Counterfoil with a demo network, ready to take orders
	@$(BIN)/counterfoil demo

test: setup  ## run the quick tests
	@$(BIN)/python -m pytest -q -n 2

test-deep: setup  ## 200,000 steps of random histories, then every deep test; goes on where it stopped (SEED=1 MINUTES=120 ONLY=tests/crash)
	@$(BIN)/python -m tests.properties.deep --seed $(or $(SEED),1)
	@$(BIN)/python -m tests.deep --minutes $(or $(MINUTES),120) $(ONLY)

test-machines: setup  ## cut off hosts, kill the primary, promote the standby (ROUNDS=30; root, in network namespaces)
	@$(BIN)/python -m tests.machines --rounds $(or $(ROUNDS),30)

test-crash: setup  ## kill, cut and fill real servers under load, and judge the ledger (ROUNDS=200 SEED=1 KINDS=kills)
	@$(BIN)/python -m tests.crash --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1) --kinds $(or $(KINDS),kills)

test-simulation: setup  ## simulate clients, processors and faults over the real store, judged by the naive model (SEED=1 SUBMISSIONS=1000000)
	@$(BIN)/python -m tests.simulation --seed $(or $(SEED),1) --submissions $(or $(SUBMISSIONS),1000000)

test-soak: setup  ## load a server for hours and look whether anything grows (MINUTES=120 RATE=60)
	@$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),120) --rate $(or $(RATE),60)

test-mutation: setup  ## put small faults into the deciding rooms and see which the tests notice (SAMPLE=200 SEED=1)
	@$(BIN)/python tools/mutation.py --sample $(or $(SAMPLE),200) --seed $(or $(SEED),1)

test-controls: setup  ## take each guard away and see its judge go red
	@$(BIN)/python -m pytest -q -p no:xdist -m "deep or not deep" -k "test_controls or control_12 or do_not_reach_the_disk or does_not_flush" tests/crash tests/simulation tests/security tests/health tests/processes

bench: $(BENCH_STAMP)  ## measure everything beside peers and limits, in under two minutes (ONLY=a,c)
	@$(BIN)/python -m benchmarks --quick $(if $(ONLY),--only $(ONLY))

bench-full: $(BENCH_STAMP)  ## the same with all sizes, up to ten million stored orders; more than an hour, 60 GB
	@$(BIN)/python -m benchmarks --full $(if $(ONLY),--only $(ONLY))

bench-reports: setup  ## measure a page of the report beside the bare query and beside plain graphql-core
	@$(BIN)/python -m benchmarks.reporting --records 100000

check: lint  ## everything a finished change must pass
	@$(BIN)/python -m pytest -q -n 2

lint: setup  ## style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy src tests tools $(wildcard benchmarks/*.py benchmarks/peers/*.py)
	@$(BIN)/lint-imports

format: setup  ## put the source into the common form
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

lock: setup  ## write requirements/*.txt anew, keeping pins that still fit (UPGRADE=--upgrade moves them)
	@cp requirements/run.txt requirements/run.txt.new && cp requirements/dev.txt requirements/dev.txt.new && cp requirements/audit.txt requirements/audit.txt.new && cp requirements/bench.txt requirements/bench.txt.new
	@$(BIN)/uv pip compile $(LOCK_FLAGS) $(UPGRADE) pyproject.toml -o requirements/run.txt.new
	@$(BIN)/uv pip compile $(LOCK_FLAGS) $(UPGRADE) --extra dev -c requirements/run.txt.new pyproject.toml -o requirements/dev.txt.new
	@$(BIN)/uv pip compile $(LOCK_FLAGS) $(UPGRADE) --group audit -o requirements/audit.txt.new
	@$(BIN)/uv pip compile $(LOCK_FLAGS) $(UPGRADE) --extra bench -c requirements/dev.txt.new pyproject.toml -o requirements/bench.txt.new
	$(call WRITE_LOCK,What a server needs.,requirements/run.txt)
	$(call WRITE_LOCK,What a developer needs: run.txt and the tools.,requirements/dev.txt)
	$(call WRITE_LOCK,What the benchmark needs: run.txt and the peers.,requirements/bench.txt)
	$(call WRITE_LOCK,What the audit of the others needs.,requirements/audit.txt)

audit: setup  ## known weaknesses and licences of what others wrote, and the bill of materials
	@test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv --clear .venv-audit && \
	  .venv-audit/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements/audit.txt; }
	@.venv-audit/bin/python tools/audit.py $(BIN)/python

real-orders: setup  ## send a large number of realistic orders and check every amount
	@$(BIN)/python benchmarks/real_orders.py

golden: setup  ## write the answers of the golden files anew, to be reviewed as a diff
	@$(BIN)/python -m pytest -q -p no:xdist tests/api/test_http_golden.py --write-golden

vendor: setup  ## fetch the browser assets of assets.toml anew and compare them (needs node)
	@$(BIN)/python tools/vendor.py

docs-reference: setup  ## print the reference pages of docs/ from the code
	@$(BIN)/python -m tests.docs.print_reference

schema: setup  ## print store/sql/schema.sql from the migrations
	@$(BIN)/python -m tests.store.schema_dump

clean:  ## remove .venv and everything that can be made again
	@rm -rf $(VENV) .venv-audit build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
