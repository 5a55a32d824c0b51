"""In which order the suite runs: the Thursday first, for it takes minutes of waiting, whatever else runs."""

from __future__ import annotations

from collections import Counter

import pytest

FIRST = "tests/journeys/test_thursday.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files: the Thursday, then those with most tests, as xdist sorts them by itself."""
    files = [item.nodeid.partition("::")[0] for item in items]
    counts = Counter(files)
    items.sort(key=lambda item: (_file(item) != FIRST, -counts[_file(item)], _file(item)))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
