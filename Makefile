# Two commands are all it takes: `make demo` and `make test`. Both make the virtual environment when it is missing or when
# what it was made of changed, and both work again after a first time that failed.

VENV ?= .venv
BIN := $(VENV)/bin

# The first Python that is new enough and can make virtual environments; `make PYTHON=/path/to/python3` chooses another.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)

# A stamp's name holds a checksum of what it stands for, so that switching branches never leaves a stale environment.
KEY := $(shell cat pyproject.toml constraints.txt | cksum | tr ' ' '-')
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# A Python that was upgraded, or a checkout that was moved, leaves an environment whose commands don't start: it is made anew.
ifneq ($(wildcard $(VENV)/made-of-*),)
ifneq ($(shell $(BIN)/pipeline-copilot --version >/dev/null 2>&1 || echo broken),)
$(shell rm -f $(VENV)/made-of-* $(VENV)/tests-of-*)
endif
endif

.PHONY: demo test bench evals model clean

demo: $(VENV)/made-of-$(KEY)
	@$(BIN)/pipeline-copilot demo $(ARGS)
	@echo 'The command is in $(BIN); `. $(BIN)/activate` puts it on your PATH.'

test: $(VENV)/tests-of-$(KEY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

bench: $(VENV)/made-of-$(KEY)
	$(BIN)/python evals/performance/bench.py $(ARGS)

# Fetches a small model (600 MB, once) and starts it behind the Messages API on loopback; ARGS=stop ends it.
model:
	@evals/local_model/start.sh $(ARGS)

evals: $(VENV)/made-of-$(KEY)
	@$(BIN)/pipeline-copilot eval --baseline evals/baseline.json $(ARGS)

clean:
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .demo
	@if [ -e "$(VENV)/pyvenv.cfg" ]; then rm -rf "$(VENV)"; fi

# An environment without its stamp is one whose making was interrupted: it goes and is made anew.
$(VENV)/made-of-$(KEY):
	@command -v git >/dev/null || { echo 'git is not installed. Install git 2.30 or newer, then try again.' >&2; exit 1; }
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo 'Python 3.11 or newer with the venv module is needed, and $(or $(PYTHON),no python3 here) is not that.' >&2; \
		echo '  next   install it (Debian: python3 and python3-venv), or name one: make PYTHON=/path/to/python3.11' >&2; \
		exit 1; fi
	@if [ -e "$(VENV)" ] && [ ! -e "$(VENV)/pyvenv.cfg" ] && [ -n "$$(ls -A "$(VENV)")" ]; then \
		echo '$(VENV) is in the way: it is no virtual environment. Move it, or name another: make VENV=...' >&2; exit 1; fi
	@echo "Making a virtual environment in $(VENV); this takes about a minute."
	rm -rf "$(VENV)"
	$(PYTHON) -m venv "$(VENV)"
	$(INSTALL) --upgrade setuptools
	$(INSTALL) --no-build-isolation --editable .
	@touch "$@"

$(VENV)/tests-of-$(KEY): $(VENV)/made-of-$(KEY)
	$(INSTALL) --no-build-isolation --editable '.[test]'
	@touch "$@"
