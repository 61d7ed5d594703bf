# The daily commands; CONTRIBUTING.md says when to use which.

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
BROWSERLESS := --ignore=tests/e2e --ignore=tests/engines
DIST := pwa/dist/index.html
NODE_MODULES := pwa/node_modules/.package-lock.json
APP_SOURCES := $(shell find pwa/src pwa/static pwa/index.html pwa/vite.config.ts -type f 2>/dev/null)

.PHONY: run test test-server test-app test-e2e test-engines check bench soak lock clean browser

run: .venv/.run $(DIST)
	exec $(BIN)/python -m server.run

# What has to be installed is, all at once; the tests themselves want both processors.
test:
	$(MAKE) --no-print-directory -j3 .venv/.dev $(DIST) browser
	$(MAKE) --no-print-directory test-server test-app test-e2e

# Everything through HTTP, on SQLite and PostgreSQL; some rules also run as the app has them.
test-server: .venv/.dev $(NODE_MODULES)
	$(PYTEST) tests $(BROWSERLESS) -n 3 $(ARGS)

test-app: $(NODE_MODULES)
	npm --prefix pwa test

# The app in a real browser, from the built files.
test-e2e: .venv/.dev $(DIST) browser
	$(PYTEST) tests/e2e -n 3 --dist worksteal $(ARGS)

# A short journey in Firefox and WebKitGTK: half a gigabyte of browsers, so not part of `make test`.
test-engines: .venv/.dev $(DIST)
	tools/engines
	$$(command -v xvfb-run >/dev/null && echo xvfb-run -a) $(PYTEST) tests/engines $(ARGS)

check: .venv/.dev $(NODE_MODULES)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_locks.py
	$(BIN)/python tools/check_links.py
	npm --prefix pwa run check

bench: .venv/.dev $(DIST) browser
	$(BIN)/python -m tests.bench $(ARGS)

# The random tests of `make test` again, with many more seeds, or with a part of them (SOAK=0.1). Takes hours.
soak: .venv/.dev $(NODE_MODULES)
	SOAK=$${SOAK:-1} $(PYTEST) tests $(BROWSERLESS) -n 2 -m random $(ARGS)
	SOAK=$${SOAK:-1} npm --prefix pwa test -- tests/state/convergence.test.ts tests/state/uploads-random.test.ts

# Rewrites the locked requirements from the .in files.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
lock: .venv/.dev
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -o requirements-dev.txt requirements-dev.in

clean:
	rm -rf .venv pwa/node_modules pwa/dist tests/artefacts

browser:
	tools/chromium

# What is installed, remembered by time stamps: a changed lock file installs again.
.venv/bin/python:
	PYTHON=$(PYTHON) tools/venv

.venv/.run: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

# Not `npm ci`: it refuses a lock file that leaves out the optional builds of other platforms.
# With --no-save the lock file is followed and never written.
$(NODE_MODULES): pwa/package.json pwa/package-lock.json
	tools/node
	npm --prefix pwa install --no-save --no-audit --no-fund
	touch $@

$(DIST): $(NODE_MODULES) $(APP_SOURCES)
	npm --prefix pwa run build
	touch $@
