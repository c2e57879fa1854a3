# Everything there is to do with this repository. `make` alone lists the commands.
# A bare machine needs Python 3.11 or newer and make; nothing is installed outside .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
DEMO := sakura.mp4
DEMO_PROMPT := A couple walks away from the camera under cherry trees as petals and snowflakes fall.

.DEFAULT_GOAL := help
.PHONY: help setup fmt check reference gallery test test-slow test-compile test-gpu demo all clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1	\2/' | expand -t 15

setup: $(VENV)/.dev ## make .venv with everything needed to work on the code

demo: $(VENV)/.core ## make .venv, then a video of a cherry tree from one sentence: sakura.mp4
	$(BIN)/hanazora generate "$(DEMO_PROMPT)" -o $(DEMO)
	@echo "open $(DEMO)"

test: check ## make .venv, run the checks, then the default tests: no GPU, no network
	$(RUN) pytest -q

check: $(VENV)/.dev ## lint, types, import contracts, architecture, generated reference
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(RUN) mypy
	$(BIN)/lint-imports
	$(RUN) hanazora.cli.reference --check
	$(RUN) pytest -q tests/architecture

fmt: $(VENV)/.dev ## fix what a machine can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

reference: $(VENV)/.dev ## write docs/reference from the commands and the configs
	$(RUN) hanazora.cli.reference

gallery: $(VENV)/.dev ## make a sample of every verb and write docs/gallery.md: a few minutes
	$(RUN) hanazora.cli.gallery

test-slow: $(VENV)/.dev ## run the tests that take more than ten seconds each
	$(RUN) pytest -q -m "slow and not gpu and not compile"

test-compile: $(VENV)/.dev ## run the torch.compile tests; they need the shape checks off and a C++ compiler
	JAXTYPING_DISABLE=1 $(RUN) pytest -q -m "compile and not gpu"

test-gpu: $(VENV)/.dev ## run the tests that need a CUDA device
	$(RUN) pytest -q -m "gpu and not compile"

all: test demo ## everything

clean: ## remove the environment and the caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# torch comes first and by itself. Without an NVIDIA GPU it is the CPU build of the version in
# constraints.txt, so that no CUDA package is ever fetched; with one, the torch that is already
# there is kept if it is new enough, else the newest is taken, and the pin is dropped.
GPU := $(shell nvidia-smi -L 2>/dev/null | grep -c GPU)
HAS_OWN_TORCH := $(PYTHON) -c 'import importlib.metadata as m; v = m.version("torch"); \
  raise SystemExit(tuple(map(int, v.split(".")[:2])) < (2, 11))' 2>/dev/null

$(VENV)/.torch: constraints.txt
	@$(PYTHON) -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' \
	  || { echo "hanazora needs Python 3.11 or newer; try make PYTHON=python3.12" >&2; exit 2; }
ifeq ($(GPU),0)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	cp constraints.txt $(VENV)/constraints.txt
	$(RUN) pip install --constraint constraints.txt torch $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
else
	test -x $(BIN)/python || if $(HAS_OWN_TORCH); \
	  then $(PYTHON) -m venv --system-site-packages $(VENV); else $(PYTHON) -m venv $(VENV); fi
	grep -v '^torch==' constraints.txt > $(VENV)/constraints.txt
	$(RUN) pip install --constraint $(VENV)/constraints.txt 'torch>=2.11' $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
endif
	@touch $@

$(VENV)/.core: $(VENV)/.torch pyproject.toml
	$(RUN) pip install --quiet --constraint $(VENV)/constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core pyproject.toml
	$(RUN) pip install --quiet --constraint $(VENV)/constraints.txt --editable ".[dev]"
	@touch $@
