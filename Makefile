# Two commands matter: `make run` and `make test`. Everything they need, they install.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed

# Without the bytecode that Python keeps beside its sources each start takes a second longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: bench bench-system databases run demo test test-full test-sqlite test-postgres lint system messages prepared statistics lock screenshots clean help

help:
	@echo "make run          install, prepare and serve http://127.0.0.1:8000 with demo data"
	@echo "make test         install what the tests need and run them all (SQLite, PostgreSQL, browser)"
	@echo "make test-full    the tests of crashes and agreement with thousands of turns (an hour and more)"
	@echo "make bench        print the figures of docs/engine.md, side by side with other engines (an hour)"
	@echo "make lint         ruff, mypy, import contracts, migrations"
	@echo "make messages     compile the translations"
	@echo "make prepared     renew the database that a new installation starts from (after new migrations)"
	@echo "make statistics   renew what SQLite is told about a grown house (after new indexes)"
	@echo "make screenshots  take the README's pictures from a running demo"
	@echo "make lock         renew the lock files (needs uv)"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(BIN)/python requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(DEV_STAMP): $(BIN)/python requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(RUN_STAMP)

run: $(RUN_STAMP)
	@$(BIN)/python -m trichter demo --if-empty
	@$(BIN)/python -m trichter serve

system:
	@sh scripts/system-packages.sh

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy trichter
	TRICHTER_DATA=$$(mktemp -d) $(BIN)/python manage.py makemigrations --check --dry-run

test-sqlite: $(DEV_STAMP) system
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not alone" $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m pytest -m alone)

test-postgres: $(DEV_STAMP) system
	$(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not any_database" $(ARGS)

# What chance decides, as often as docs/engine.md and the reliability promises say: an hour and more.
test-full: $(DEV_STAMP) system
	TRICHTER_FULL=1 $(BIN)/python -m pytest -n 2 --dist worksteal -m sized -s $(ARGS)

# The database that the tests copy is migrated while mypy has the other core.
databases: $(DEV_STAMP)
	@$(BIN)/python -m tests.databases

test: $(DEV_STAMP) system
	@$(MAKE) --no-print-directory -j2 lint databases
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgres

# Every part also alone: `python -m bench.pages` and so on.
bench: $(DEV_STAMP) system bench-system
	$(BIN)/python scripts/with_postgres.py $(BIN)/python -m bench.engine
	$(BIN)/python -m bench.engine 100000000
	$(BIN)/python -m bench.collector
	$(BIN)/python -m bench.importing
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.serving
	$(BIN)/python -m bench.demo
	$(BIN)/python -m bench.pagespeed
	$(BIN)/python scripts/with_postgres.py $(BIN)/python -m bench.writers
	$(BIN)/python -m bench.growth
	$(BIN)/python -m bench.scoring
	$(BIN)/python -m bench.segments
	$(BIN)/python -m bench.mail
	$(BIN)/python -m bench.routing

bench-system:
	@sh scripts/system-packages.sh bench

messages: $(DEV_STAMP)
	$(BIN)/python scripts/compile_messages.py

prepared: $(DEV_STAMP)
	$(BIN)/python scripts/prepare_database.py

statistics: $(DEV_STAMP)
	$(BIN)/python scripts/gather_statistics.py

screenshots: $(DEV_STAMP) system
	$(BIN)/python scripts/screenshots.py

lock:
	uv pip compile --quiet --no-header --generate-hashes --group dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --no-header --generate-hashes pyproject.toml -c requirements-dev.lock -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
