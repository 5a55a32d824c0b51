"""The longest files first: with `--dist loadfile` a worker takes a whole file; none should end alone with one."""

from __future__ import annotations

import pytest

LONGEST = (
    "journeys/test_thursday", "audit/test_audit", "audit/test_plants", "journeys/test_journeys",
    "journeys/test_survey", "textoff/test_text_off", "faults/test_kills", "faults/test_printer_matrix",
    "web/test_papers_page", "papers/test_scan", "screens/test_glass", "web/test_https", "office/test_backup",
    "web/test_live", "web/test_board", "journeys/test_trial", "journeys/test_voices", "journeys/test_window",
    "web/test_keys", "web/test_survey", "screens/test_visit", "office/test_ticket_life", "test_forgetting",
    "office/test_calling_storm", "web/test_console", "test_lobby", "test_desk", "papers/test_card",
    "papers/test_sheets", "web/test_phone",
)  # fmt: skip
"""By what they took on two cores; whatever is not here comes after."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the files, and leave the order inside each."""
    places = {f"tests/{name}.py": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))
