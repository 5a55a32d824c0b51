# Two commands are enough: `make run` (a trial of the whole kiosk) and `make test`.
SHELL := /bin/bash
KIOSK := .venv/bin/kiosk
.PHONY: run test check torture bench soak fuzz text-off album pictograms pins clean

run: .venv/.ready        ## a trial of the whole kiosk (window if there is a display, else one scripted visit)
	$(KIOSK) run --trial

test: .venv/.ready-dev   ## everything: tests, types, style
	.venv/bin/python -m pytest -n $$(( $$(nproc) + 1 )) --dist loadfile --no-loadscope-reorder  # one more than cores: some wait
	$(MAKE) --no-print-directory check

check: .venv/.ready-dev  ## style and types
	.venv/bin/ruff check kiosk tests
	.venv/bin/mypy

torture: .venv/.ready-dev ## the long runs that the tests sample: power cuts, full disks, killed migrations, rescues and printing
	.venv/bin/python -m tests.faults.torture $(RUNS)

bench: .venv/.ready-dev  ## figures against floors measured in the same run → var/bench.json
	.venv/bin/python -m tests.bench

soak: .venv/.ready-dev   ## 2,000 mixed visits through the real screen: memory, open files and threads stay as they are
	.venv/bin/python -m tests.faults.soak 2000

fuzz: .venv/.ready-dev   ## a million spoilt scans of ID cards: nothing but the parser's own answer
	.venv/bin/python -m tests.papers.fuzz $(COUNT)

text-off: .venv/.ready-dev ## somebody who only looks and listens, on every glass: every journey, every word hidden
	for size in 21 15 10; do for seed in 1 2; do \
	  .venv/bin/python -m tests.textoff.journeys var/text-off/$$size-$$seed $$size $$seed || exit 1; \
	done; done

album: .venv/.ready      ## every screen × size × language as PNG on one page → var/album/
	$(KIOSK) album

pictograms: .venv/.ready ## contact sheets of every picture: 80 and 320 px, as they are, as a deuteranope sees them, in grey → var/pictograms/
	$(KIOSK) pictograms

pins: pyproject.toml     ## choose new versions: exact and hashed, no index address
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

.venv/.ready: requirements.txt pyproject.toml bin/setup
	bin/setup
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.txt
	bin/setup --dev
	@touch $@

clean:
	rm -rf var .venv
