"""The printer that lies: every fault × every moment, on each cable. What comes of it is what was promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.printer_matrix import CABLES, cases, expected, play_all, table

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("cable", CABLES)
def test_whatever_the_printer_does_the_truth_is_told(cable: str, tmp_path: Path) -> None:
    wanted = [case for case in cases() if case.cable == cable]
    found = play_all(wanted, tmp_path)
    wrong = [f"{case}\n  promised {expected(case)}\n  found    {row}" for case, row in found.items()
             if row != expected(case)]  # fmt: skip
    assert len(found) == 105
    assert not wrong, "\n".join(wrong)


def test_the_promise_stands_in_the_documents() -> None:
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    assert "\n".join(table()) in page
