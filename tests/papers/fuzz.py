"""A million scans, most of them spoilt: nothing but the parser's own answer.

python -m tests.papers.fuzz [COUNT]        the same scans every time (a fixed seed); exit 1 on any other exception
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from datetime import date

from kiosk.papers.card import DOUBTS, KINDS, LONGEST, Unreadable, read
from tests.papers.spoil import SPOILERS, card

SEED = 7
TODAY = date(2026, 11, 26)


def answer(text: str) -> str:
    """What the parser makes of a scan: "card", "card, in doubt", or a kind. Anything that breaks its word raises."""
    try:
        found = read(text, TODAY)
    except Unreadable as refused:
        assert refused.kind in KINDS
        assert str(refused) == refused.kind, "the exception carries what was scanned"
        assert refused.__cause__ is None and refused.__context__ is None, "another exception hangs on it"
        return refused.kind
    assert len(text) <= LONGEST
    assert found.number.isascii() and found.number.isdigit() and len(found.number) in (9, 12)
    assert found.name and found.sex in ("Nam", "Nữ") and 1900 <= found.birth.year <= 2399
    assert set(found.doubts) <= set(DOUBTS)
    assert not any(sign < " " or sign == "|" for sign in found.name + found.address)
    return "card" if found.name_sure and found.address_sure and not found.doubts else "card, in doubt"


def run(count: int, seed: int = SEED) -> tuple[Counter[str], list[str]]:
    """`count` scans: (how often each answer came, what broke, each with the number of its scan)."""
    answers: Counter[str] = Counter()
    broken: list[str] = []
    ways = list(SPOILERS)
    chance = random.Random(seed)
    for number in range(count):
        way = chance.choice(ways)
        text = SPOILERS[way](card(chance), chance)
        if way == "changed" and chance.random() < 0.5:
            text = SPOILERS[chance.choice(ways)](text or "|", chance)
        try:
            answers[answer(text)] += 1
        except Exception as error:  # that is what is looked for
            broken.append(f"scan {number:,} ({way}): {type(error).__name__}: {error}: {text!a}")
    return answers, broken


def main(arguments: list[str]) -> int:
    """Run and tell; 1 when anything broke, 2 for a count that is none."""
    text = arguments[0] if arguments else "1000000"
    if not text.isdecimal() or int(text) < 1:
        print(f'"{text}" is not a count of scans: python -m tests.papers.fuzz [COUNT]', file=sys.stderr)
        return 2
    start = time.monotonic()
    answers, broken = run(int(text))
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in answers.most_common())
    took = time.monotonic() - start
    print(f"{int(text):,} scans, seed {SEED}: {kinds}; other exceptions {len(broken)} ({took:.0f} s)")
    for line in broken[:5]:
        print(line)
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
