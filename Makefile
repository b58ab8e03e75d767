# Two commands are enough: `make run` and `make test`. The rest is named in README.md.
PORT ?= 8000
DATA ?= data
LABELS ?= ../shared/data
PYTEST = sh tools/pytest.sh
FUZZ_SECONDS ?= 300

.PHONY: run install install-dev test test-faults fuzz chaos check format bench evaluate train requirements

run: install
	@exec .venv/bin/moderation up --sample --watch --port '$(PORT)' --data '$(DATA)'

install:
	@sh tools/environment.sh run

install-dev:
	@sh tools/environment.sh dev

test: install-dev
	$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder -m "not faults" --ignore tests/docs tests

test-faults: install-dev
	$(PYTEST) -n 3 --dist loadfile -m faults tests

fuzz: install-dev
	FUZZ_SECONDS='$(FUZZ_SECONDS)' MODEL_SECONDS='$(FUZZ_SECONDS)' $(PYTEST) -n 2 -m faults tests/fuzz tests/model

chaos: install-dev
	.venv/bin/python -m tests.chaos --shape embedded --minutes 20
	.venv/bin/python -m tests.chaos --shape production --minutes 20

check: install-dev
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	$(PYTEST) -q tests/docs

format: install-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: install-dev
	sh tools/peers.sh
	PYTHONPATH=.peers .venv/bin/python -m bench.run --labels '$(LABELS)'

evaluate: install-dev
	sh tools/peers.sh
	PYTHONPATH=.peers .venv/bin/python -m moderation.evaluation --labels '$(LABELS)'

train: install-dev
	sh tools/training.sh
	.training/bin/python -m moderation.evaluation.learning --labels '$(LABELS)' --work .train
	.venv/bin/python -m moderation.evaluation.train --labels '$(LABELS)'

# After a change of the dependencies in pyproject.toml. No address of a registry gets into the files.
requirements: install-dev
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra checkout pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra checkout --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
