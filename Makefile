# The same commands at the desk and in CI. ARGS are passed on: make demo ARGS="--exit"
BIN := .venv/bin
ARGS ?=
SECONDS ?= 120

# Whatever the machine prefers: tests start many processes, and each would compile all of ours anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo check test journeys golden chaos faults fuzz burst bench-transfer bench-data bench-ledger pictures lock clean

setup:  ## the environment in .venv, from requirements.lock; does nothing when it fits
	@deployments/setup.sh

demo: setup  ## two business days on embedded services, under ./var
	@$(BIN)/recupero demo $(ARGS)

check: setup  ## style, types, floors, house rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/test_house.py

# One worker more than cores, since they often wait for servers and processes they started; and one
# thread for polars, whose idle ones would take the cores from the other workers' tests.
test: setup  ## everything that is not slow
	@POLARS_MAX_THREADS=1 $(BIN)/python -m pytest tests -m "not slow" -n $$(( $$(nproc) < 4 ? $$(nproc) + 1 : 4 )) \
		--dist loadfile --no-loadscope-reorder $(ARGS)

journeys: setup  ## whole demos, told apart because each takes a minute
	@$(BIN)/python -m pytest tests/journeys -m slow $(ARGS)

golden: setup  ## write the golden files anew; look at the difference before you keep it
	@$(BIN)/python -m tests.golden.regenerate

chaos: setup  ## kill it at every point where a crash would matter, and run it again
	@$(BIN)/python -m pytest tests/chaos $(ARGS)

faults: setup  ## every fault of the exchange, on three SFTP servers; writes docs/faults.md
	@$(BIN)/python -m tests.faults.proving $(ARGS)

fuzz: setup  ## inputs that break a promise, looked for in all that reads them: make fuzz SECONDS=600
	@$(BIN)/python -m tests.fuzz.fuzzing --seconds $(SECONDS) $(ARGS)
	@RECUPERO_EXAMPLES=$$(( 4 * $(SECONDS) )) $(BIN)/python -m pytest tests/edges/test_schemas_any_layout.py

burst: setup  ## 10,000 files within a minute, four workers, one of them killed: none lost, none twice
	@$(BIN)/python -m pytest tests/burst -m slow $(ARGS)

bench-transfer: setup  ## files over SFTP beside the sftp command; writes var/bench/transfer.json
	@$(BIN)/python -m tests.bench.transfer $(ARGS)

bench-data: setup  ## files into judged rows beside the libraries alone; writes var/bench/data.json
	@$(BIN)/python -m tests.bench.data $(ARGS)

bench-ledger: setup  ## openings and payments into the journal beside COPY; writes var/bench/ledger.json
	@$(BIN)/python -m tests.bench.ledger $(ARGS)

pictures: setup  ## the README's pictures, from the demo's own documents in ./var
	@$(BIN)/python -m deployments.demo.pictures var docs

lock:  ## newest versions that pyproject.toml allows; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--upgrade --extra dev pyproject.toml -o requirements.lock

clean:  ## what tools leave behind; the environment (.venv) and your data (var) stay
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
