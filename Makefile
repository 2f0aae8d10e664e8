# The commands of a day. `make help` lists them; none needs anything but python3 and make.

VENV   := .venv
PYTHON := $(VENV)/bin/python
# State of the demo, of checks and of tests goes here, not into the data of a gateway that runs from this folder.
SCRATCH := $(CURDIR)/.cache
# Test processes, some of which always wait for a server; a file's tests stay together.
JOBS := 3
SOURCES := manage.py gateway keys credentials proxy panel benchmarks tests

.DEFAULT_GOAL := help
.PHONY: help serve demo key test browser screenshots messages clients check format bench docs lock clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

serve: $(VENV)/.runtime ## serve on HOST:PORT, by default 127.0.0.1:7861
	@$(PYTHON) manage.py serve

demo: $(VENV)/.runtime ## serve against a simulated upstream, with a ready key
	@DATA_DIR=$(SCRATCH)/data $(PYTHON) manage.py demo

key: $(VENV)/.runtime ## make an API key of QUOTA units (1000)
	@$(PYTHON) manage.py createkey --quota $(or $(QUOTA),1000)

test: $(VENV)/.dev browser ## run the tests; TESTS=path for some of them
	@DATA_DIR=$(SCRATCH)/data $(PYTHON) -m pytest -q $(or $(TESTS),-n $(JOBS) --dist loadfile)

browser:
	@sh .ci/browser

screenshots: $(VENV)/.dev browser ## take pictures of every page; WORDS="keys phone" for some of them
	@$(PYTHON) -m tests.browser.screenshots $(WORDS)

messages: $(VENV)/.dev ## collect what the pages say, and compile the translations
	@$(PYTHON) -m tests.support.messages

clients: $(VENV)/.dev ## run every coding client with every upstream (needs Node.js 20 and npm)
	@CLIENTS=all DATA_DIR=$(SCRATCH)/data $(PYTHON) -m pytest -q tests/clients

check: export DATA_DIR := $(SCRATCH)/data
check: $(VENV)/.dev ## format, lint, types, migrations, house rules
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check --fail-level WARNING
	$(PYTHON) -m pytest -q tests/test_house.py tests/test_docs.py

format: $(VENV)/.dev ## bring the code into form
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

bench: $(VENV)/.dev ## measure; ARGS=… goes to python -m benchmarks
	@$(PYTHON) -m benchmarks $(ARGS)

docs: $(VENV)/.dev ## write docs/settings.md and what survives a translation from the code
	@$(PYTHON) -m gateway.reference
	@$(PYTHON) -m tests.support.survival

lock: ## pin the dependencies of pyproject.toml again (needs uv; UPGRADE=1 for newer ones)
	$(COMPILE) --extra dev --output-file requirements-dev.lock
	$(COMPILE) --extra postgres --extra redis --extra mysql --extra s3 \
		--constraint requirements-dev.lock --output-file requirements.lock

COMPILE = uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-header \
	--no-emit-index-url $(if $(UPGRADE),--upgrade)

clean: ## remove the environment and caches; data stays
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .hypothesis

# A stamp is younger than the lock it was installed from: then there is nothing to do.
$(VENV)/.runtime: requirements.lock
	@sh .ci/install requirements.lock $(VENV)
	@touch $@

$(VENV)/.dev: requirements-dev.lock
	@sh .ci/install requirements-dev.lock $(VENV)
	@touch $@ $(VENV)/.runtime
