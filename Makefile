# A fresh machine needs python3 (3.11 or newer) and make; everything else is set up here, by need.
#
#   make test         the tests and every example in the documentation (no torch)
#   make parity       the tests that compare with PyTorch 2.13.0
#   make lint types   style, file lengths; pyright
#   make format       let ruff rewrite the files
#   make docs         run the examples of README and docs, print the derivative table
#   make bench-quick  time against PyTorch, about half a minute
#   make bench        longer programs and other libraries as well, batched derivatives, installed size, import time, memory
#   make bench-peers  install those libraries: JAX, HIPS/autograd, MyGrad, candle-python
#   make demo         the tour, a trained digit classifier, two pictures
#   make clean        remove what all of this made

PYTHON ?= python3
VENV := .venv
PARITY := .venv-parity
PIP := pip==26.3
WORKERS ?= auto

BIN := $(VENV)/bin
PBIN := $(PARITY)/bin
SOURCES := $(shell find src -type f -not -name '*.pyc') pyproject.toml README.md LICENSE
# The oldest supported is checked here: pip's own message comes late and is long.
CHECK_PYTHON := import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
    "gradiente needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.13 ...")
# worksteal: at the end no worker waits for another with the slow tests.
PYTEST_OPTIONS := -n $(WORKERS) --maxprocesses 4 --dist worksteal

.PHONY: help setup test parity lint format types docs bench bench-peers bench-quick demo wheel-check clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@sed -n '3,12s/^# *//p' Makefile

# --- environments: a stamp file for each thing installed, so that a second call installs nothing

$(VENV)/.base: pyproject.toml
	@echo "setting up $(VENV)"
	@$(PYTHON) -c '$(CHECK_PYTHON)'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq $(PIP)
	@$(BIN)/python -m pip install -qq -e .
	@touch $@

$(VENV)/.test $(VENV)/.lint $(VENV)/.types: $(VENV)/.%: $(VENV)/.base
	@echo "installing what '$*' needs"
	@$(BIN)/python -m pip install -qq --group $*
	@touch $@

$(VENV)/.demo: $(VENV)/.base
	@echo "installing what 'demo' needs"
	@$(BIN)/python -m pip install -qq -e '.[demo]'
	@touch $@

$(PARITY)/.base: pyproject.toml
	@echo "setting up $(PARITY) (PyTorch is large)"
	@$(PYTHON) -c '$(CHECK_PYTHON)'
	@$(PYTHON) -m venv $(PARITY)
	@$(PBIN)/python -m pip install -qq $(PIP)
	@$(PBIN)/python -m pip install -qq --group parity -e .
	@touch $@

setup: $(VENV)/.test $(VENV)/.lint $(VENV)/.types $(VENV)/.demo

# --- gates

test: $(VENV)/.test build/wheel-check
	$(BIN)/python -m pytest $(PYTEST_OPTIONS) --ignore tests/parity

parity: $(PARITY)/.base
	$(PBIN)/python -m pytest $(PYTEST_OPTIONS) tests/parity

lint: $(VENV)/.lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python scripts/check_file_length.py

format: $(VENV)/.lint
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(VENV)/.types
	$(BIN)/pyright
	$(BIN)/python scripts/check_types.py
	$(BIN)/python scripts/make_stubs.py --check

# The wheel as a user gets it: built, installed into an empty environment, imported with NumPy alone.
wheel-check: build/wheel-check

build/wheel-check: $(VENV)/.base $(SOURCES) scripts/check_wheel.py
	$(BIN)/python scripts/check_wheel.py
	@mkdir -p build && touch $@

docs: $(VENV)/.test
	$(BIN)/python -m pytest -q $(wildcard docs) README.md
	$(BIN)/python -c "import gradiente.rules; print(gradiente.rules.table)"

# --- to see and to measure

bench-quick: $(PARITY)/.base
	$(PBIN)/python benchmarks/quick.py

bench: $(PARITY)/.base
	$(PBIN)/python benchmarks/compare.py
	$(PBIN)/python benchmarks/models.py
	$(PBIN)/python benchmarks/transforms.py
	$(PBIN)/python benchmarks/footprint.py
	$(PBIN)/python benchmarks/crossover.py

# The libraries that are compared, each in an environment of its own: candle's hides an installed torch.
bench-peers: .venv-peers/jax .venv-peers/autograd .venv-peers/mygrad .venv-peers/candle

.venv-peers/%:
	@echo "setting up $@"
	@$(PYTHON) -m venv $@
	@$@/bin/python -m pip install -qq $(PIP)
	@$@/bin/python -m pip install -qq 'numpy>=2' $(if $(filter candle,$*),candle-python,$*)

demo: $(VENV)/.demo
	$(BIN)/python -m gradiente demo/tour.py
	$(BIN)/python -m gradiente demo/digits.py

clean:
	rm -rf $(VENV) $(PARITY) .venv-peers build dist .pytest_cache .ruff_cache .hypothesis
	find src tests demo benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +
