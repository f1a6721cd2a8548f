# Every target sets up what it needs: a Python 3.11 and PyPI are enough. `make` explains itself.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
DEMO ?= demo
DEMO_ARGS ?=
TESTS ?= tests
BEAM_VENV := .venv-beam
S3_VENV := .venv-s3
BEAM := $(shell sed -n 's/^apache-beam==//p' requirements/test-beam.txt)
ENGINES := .engines

.DEFAULT_GOAL := help
.PHONY: help demo test check beam bench fuzz soak airflow engines dist docs lock clean

help:  ## show this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

demo: $(VENV)/demo.done  ## simulate two weeks of a district and run every day of them, into ./demo
	$(BIN)/shangquan demo --out $(DEMO) $(DEMO_ARGS)

test: $(VENV)/test.done $(S3_VENV)/done  ## all tests but Beam's (engines and real data that are absent are skipped with a reason; under CI they fail)
	$(BIN)/python -m pytest -m "not beam" $(TESTS)

beam: engines $(BEAM_VENV)/done  ## the tests of engines on Beam's runners: FnApiRunner, Prism, Flink
	$(BEAM_VENV)/bin/python -m pytest -m beam tests/engines

check: $(VENV)/check.done  ## lint, format, types, layers, fresh docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

bench: $(VENV)/bench.done  ## measure against DuckDB, Polars, chDB, Spark SQL and the drivers; writes docs/benchmarks*.md
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.loading
	$(BIN)/python -m benchmarks.engines

FUZZ_ARGS ?=

fuzz: $(VENV)/test.done  ## a million spoilt records for each format; prints what was found
	$(BIN)/python -m tests.fuzz.run $(FUZZ_ARGS)

SOAK_ARGS ?=

soak: $(VENV)/test.done  ## a hundred back-fills of a week, each disturbed at a random instant (half an hour); writes docs/soak.md
	$(BIN)/python -m tests.soak.run $(SOAK_ARGS)

engines: $(ENGINES)/prism-$(BEAM).done $(ENGINES)/flink.done $(ENGINES)/kafka.done  ## Prism, Flink and Kafka into .engines, where Go and Maven are there
	@for engine in bin/prism flink kafka; do \
		test -e $(ENGINES)/$$engine && echo "$(ENGINES)/$$engine: installed" || echo "$(ENGINES)/$$engine: left out"; done

airflow: .airflow/done  ## an Airflow of its own, for the test of examples/airflow (a minute and a half)

.airflow/done: requirements/airflow.txt
	$(PYTHON) -m venv .airflow
	.airflow/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/airflow.txt
	touch $@

dist:  ## the packages as a zip for executors: spark-submit --py-files
	mkdir -p dist && rm -f dist/shangquan-*.zip
	git archive --format=zip -o dist/shangquan-$$(sed -n 's/^ *version="\(.*\)",/\1/p' setup.py).zip HEAD \
		schemas privacy ingest sessionize marketing reports pipelines

# An S3 server for tests: it refuses the python-dateutil that great_expectations wants.
$(S3_VENV)/done: requirements/s3.txt
	$(PYTHON) -m venv $(S3_VENV)
	$(S3_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/s3.txt
	touch $@

docs: $(VENV)/check.done  ## regenerate docs/reference from the code
	$(BIN)/python docs/generate.py

lock: $(VENV)/demo.done  ## resolve the lock files anew from setup.py
	$(INSTALL) uv
	$(BIN)/uv pip compile -q --python-version 3.11 --no-emit-index-url --no-emit-find-links setup.py -o requirements/demo.txt
	$(BIN)/uv pip compile -q --python-version 3.11 --no-emit-index-url --no-emit-find-links setup.py --extra test-beam \
		-o requirements/test-beam.txt
	echo 'moto[server]' | $(BIN)/uv pip compile -q --python-version 3.11 --no-emit-index-url --no-emit-find-links - -o requirements/s3.txt
	for extra in test check bench capture; do $(BIN)/uv pip compile -q --python-version 3.11 --no-emit-index-url --no-emit-find-links \
		setup.py --extra $$extra -c requirements/demo.txt -o requirements/$$extra.txt; done

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(BEAM_VENV) $(S3_VENV) $(ENGINES) demo build *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache

# One stamp a lock file: the demo installs what it needs and no more; the others add to it.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.done: requirements/demo.txt setup.py | $(VENV)/bin/python
	$(INSTALL) -r requirements/demo.txt
	$(INSTALL) --no-deps -e .
	touch $@

$(VENV)/%.done: requirements/%.txt $(VENV)/demo.done
	$(INSTALL) -r requirements/$*.txt
	touch $@

# Beam 2.77 refuses the pyarrow and the python-dateutil of the other lock files.
$(BEAM_VENV)/done: requirements/test-beam.txt setup.py
	$(PYTHON) -m venv $(BEAM_VENV)
	$(BEAM_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/test-beam.txt
	$(BEAM_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

# Where the tool is missing there is no stamp, so that a later `make engines` tries again.
$(ENGINES)/prism-$(BEAM).done:
	@export PATH="$$PATH:/usr/local/go/bin"; if command -v go >/dev/null; then \
		echo "Prism $(BEAM): go install, two minutes"; rm -f $(ENGINES)/prism-*.done; mkdir -p $(ENGINES); \
		GOBIN="$(CURDIR)/$(ENGINES)/bin" go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$(BEAM) && touch $@; \
	else echo "Prism: go is missing"; fi

$(ENGINES)/%.done: engines/%.xml
	@if command -v mvn >/dev/null; then \
		echo "$*: Maven copies its jars"; rm -rf $(ENGINES)/$*; mkdir -p $(ENGINES); \
		mvn --quiet --batch-mode -Dstyle.color=never -f $< dependency:copy-dependencies -DincludeScope=runtime \
			-DoutputDirectory="$(CURDIR)/$(ENGINES)/$*" && touch $@; \
	else echo "$*: mvn is missing"; fi
