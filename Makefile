# make demo   file the sample documents, search, verify, export        make test   set up and run every check and test
# make up     web page, Prefect and inbox watch together               make bench  measure reading
# make setup  what demo and test share                                 make lock   renew requirements.lock
# make measurements  measure understanding and write MEASUREMENTS.md (hours; SEED=1)
# make reading  what each step of reading brings: writes READING.md (half an hour; development pages)

PYTHON ?= python3
BIN := .venv/bin
LOCK_MARK := .venv/.installed

.PHONY: setup setup-test demo up test check format bench measurements reading lock clean

setup: $(LOCK_MARK)
	@sh .ci/packages.sh run

setup-test: setup
	@sh .ci/packages.sh test

$(LOCK_MARK): requirements.lock pyproject.toml
	@sh .ci/packages.sh python
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked Python packages (the first time takes a few minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@$(BIN)/shoko demo

up: setup
	@$(BIN)/shoko up

test: setup-test
	@$(MAKE) --no-print-directory check

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-test
	@$(BIN)/shoko bench

SEED ?= 1
measurements: setup-test
	@$(BIN)/python -m pipeline.benchmark.understanding --folder var/measurements --page MEASUREMENTS.md --seed $(SEED)

reading: setup-test
	@$(BIN)/shoko bench --reading --development --seed 77 --pages 6 --ablation-pages 6 --peer-pages 6 \
		--speed-pages 0 --orientation-pages 0 --platen-pages 0 --page READING.md

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--override requirements.overrides.txt requirements.in --output-file requirements.lock

clean:
	rm -rf .venv var .services build *.egg-info
