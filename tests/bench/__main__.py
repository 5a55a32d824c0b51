"""Figures against a floor measured in the same run, for these machines are noisy.

python -m tests.bench [NAME…]        all parts, or only those named → a table and var/bench.json
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from kiosk.settings import places
from tests.bench import calls, office, papers, printing, results, screen, voice
from tests.bench.figure import Figure

PARTS: dict[str, Callable[[Path], list[Figure]]] = {
    "start": screen.start,
    "visits": screen.visits,
    "idle": screen.idle,
    "tickets": office.tickets,
    "flatness": office.flatness,
    "storm": office.storm,
    "slips": printing.slips,
    "voice": voice.voice,
    "calls": partial(calls.calls, prepared=True),
    "calls-unprepared": partial(calls.calls, prepared=False),
    "results": results.results,
    "forms": papers.forms,
}


def measure(names: Sequence[str], target: Path) -> list[Figure]:
    """Run the parts of these names, print each figure as it comes, and write all to `target`."""
    figures: list[Figure] = []
    target.parent.mkdir(parents=True, exist_ok=True)
    for name in names:
        folder = Path(tempfile.mkdtemp(prefix=f"kiosk-bench-{name}-"))
        try:
            for figure in PARTS[name](folder):
                print(figure.line(), flush=True)
                figures.append(figure)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        target.write_text(json.dumps([figure.as_json() for figure in figures], indent=2, ensure_ascii=False))
    return figures


def main(words: Sequence[str]) -> None:
    if unknown := [name for name in words if name not in PARTS]:
        sys.exit(f"There is no part {', '.join(unknown)}. Parts: {', '.join(PARTS)}.")
    target = places().home / "bench.json"
    figures = measure(words or list(PARTS), target)
    judged = [figure for figure in figures if figure.holds is not None]
    missed = [figure.name for figure in judged if not figure.holds]
    print(f"{len(judged) - len(missed)} of {len(judged)} thresholds hold. {target}")
    if missed:
        print("Missed: " + ", ".join(missed))


if __name__ == "__main__":
    main(sys.argv[1:])
