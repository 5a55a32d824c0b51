"""A rescue that is killed gives no number twice. Every line: make torture."""

from __future__ import annotations

import pytest

from tests.faults import rescues
from tests.faults.machines import folder_in_memory


def test_a_killed_rescue_gives_no_number_twice() -> None:
    tally = rescues.kill_everywhere(step=53)
    assert not tally.failed, tally.line()
    assert set(tally.tried) == {"rescue", "restore"}


@pytest.mark.parametrize("found", ["nothing", "the backup as it is"])
def test_a_file_that_begins_again_is_found(found: str) -> None:
    """The check can fail: so it lay there while a rescue took the file away first."""
    with folder_in_memory() as folder:
        url = f"sqlite:///{folder}/office.db"
        rescues.prepare(url, damaged=False)
        assert rescues.start_again(url) == []
        file = rescues.file_of(url)
        file.unlink()
        if found != "nothing":
            (backup,) = folder.glob("office-*.db")
            backup.rename(file)
        assert rescues.start_again(url) == ["again"]
