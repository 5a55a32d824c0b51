"""The long runs: what `make test` samples, in full. One line for each.

python -m tests.faults.torture [NAME …]        all of them, or those that are named: make torture RUNS="full-disk"
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable

from tests.faults import fulldisk, migrations, powercut, rescues
from tests.faults.tally import Tally

RUNS: dict[str, Callable[[], Tally]] = {
    "power-cuts": powercut.cut_the_power,
    "full-disk": fulldisk.fail_everywhere,
    "migrations": migrations.break_all,
    "rescues": rescues.kill_everywhere,
}
"""By name; each run returns what came of it."""


def main(names: list[str]) -> int:
    """Run them; how many had a failure."""
    unknown = set(names) - set(RUNS)
    if unknown:
        print(f"{', '.join(sorted(unknown))}: there is only {', '.join(RUNS)}", file=sys.stderr)
        return 2
    logging.disable()  # the product tells of each damage and fault
    failed = 0
    for name in names or RUNS:
        start = time.monotonic()
        tally = RUNS[name]()
        print(f"{name}: {tally.line()} ({time.monotonic() - start:.0f} s)", flush=True)
        failed += bool(tally.failed)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
