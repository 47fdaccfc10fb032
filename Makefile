# Two commands set everything up on a machine with Python 3.11+, pip and make: `make run` and `make test`.

PYTHON ?= python3
HOME_DIR ?= scowatch-home
SHARED ?= ../shared
DATA ?= $(SHARED)/data
HOSTILE ?= $(SHARED)/hostile
BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test setup demo replay drills bench lint format types imports unit startup clean

run: setup  ## make a home with the SCO pack, read all sources, then stay as the service
	@[ -f $(HOME_DIR)/scowatch.toml ] || $(BIN)/scowatch --home $(HOME_DIR) init
	@exec $(BIN)/scowatch --home $(HOME_DIR) run

test: .venv/test.stamp lint types imports unit startup  ## everything that CI runs

setup: .venv/core.stamp
	@$(BIN)/python -m compileall -q monitor sources storage alerts

demo: setup  ## a small site of our own, collected, tagged and told, without a network
	@$(BIN)/python -m demo.run

replay: setup  ## recorded real material, served on loopback and collected
	@$(BIN)/python bench/replay.py --data $(DATA)

drills: setup  ## attacks by hostile servers, documents and text; crashes, disks, clocks, outages (three quarters of an hour)
	@$(BIN)/python -m bench.drills --hostile $(HOSTILE)

bench: setup  ## every benchmark, beside its peers (half an hour); figures go to bench/RESULTS.md
	@$(BIN)/python -m bench --shared $(SHARED) $(if $(ONLY),--only $(ONLY))

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "missing: $(PYTHON). Install Python 3.11 or newer, or name it: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "too old: `$(PYTHON) --version`. scowatch needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null && $(PIP) --version >/dev/null || { rm -rf .venv; echo "missing: pip or venv for $(PYTHON). On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "setting up .venv (about half a minute) …"
	@$(PIP) install -q --upgrade pip || { rm -rf .venv; echo "missing: a package index that pip can reach (see the lines above)"; exit 1; }

.venv/core.stamp: requirements.txt pyproject.toml | .venv/bin/python
	@$(PIP) install -q --require-hashes -r requirements.txt || { echo "the packages of requirements.txt could not be installed (see the lines above)"; exit 1; }
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/test.stamp: requirements-test.txt .venv/core.stamp
	@$(PIP) install -q --require-hashes -r requirements-test.txt || { echo "the packages of requirements-test.txt could not be installed (see the lines above)"; exit 1; }
	@touch $@

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:
	@$(BIN)/mypy

imports:
	@$(BIN)/lint-imports --no-cache

unit:
	@$(BIN)/python -m pytest -n 2

startup:
	@$(BIN)/python bench/startup.py

format:  ## put the code into form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock:  ## renew both lock files (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra build pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra build --extra test pyproject.toml -o requirements-test.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache demo-home replay-home
