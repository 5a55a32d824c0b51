"""One file a visit, in memory, ours alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.papers.shelf import Shelf, ShelfError, file_system, shelf_folder


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    folder = shelf_folder(f"test-{os.getpid()}")
    yield Shelf(folder)
    shutil.rmtree(folder, ignore_errors=True)


def test_what_is_kept_is_there_for_the_next_process(shelf: Shelf) -> None:
    with shelf.visit("one") as visit:
        visit["told"] = True
    assert Shelf(shelf.folder).peek("one") == {"told": True}
    path = shelf.folder / "one.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert shelf.folder.stat().st_mode & 0o777 == 0o700
    assert file_system(shelf.folder) == "tmpfs"


def test_a_change_that_fails_changes_nothing(shelf: Shelf) -> None:
    with shelf.visit("one") as visit:
        visit["told"] = True
    with pytest.raises(RuntimeError), shelf.visit("one") as visit:
        visit["told"] = False
        raise RuntimeError
    assert shelf.peek("one") == {"told": True}


def test_only_who_is_still_here_is_kept(shelf: Shelf) -> None:
    for key in ("one", "two", "three"):
        with shelf.visit(key) as visit:
            visit["told"] = True
    assert shelf.keep_only({"two"}) == 2
    assert len(shelf) == 1
    assert shelf.forget("two")
    assert not shelf.forget("two")
    assert list(shelf.folder.iterdir()) == []


def test_looking_makes_no_file(shelf: Shelf) -> None:
    assert shelf.peek("one") == {}
    with shelf.visit("one"):
        pass
    assert not shelf.folder.exists()


def test_half_a_file_is_nothing(shelf: Shelf) -> None:
    with shelf.visit("one") as visit:
        visit["told"] = True
    (shelf.folder / "one.json").write_text('{"told": tr')
    assert shelf.peek("one") == {}


def test_a_disk_is_refused(tmp_path: Path) -> None:
    if file_system(tmp_path) == "tmpfs":
        pytest.skip("the temporary folder is in memory here")
    with pytest.raises(ShelfError, match="tmpfs"), Shelf(tmp_path / "a" / "b").visit("one") as visit:
        visit["told"] = True


def test_a_folder_that_others_may_read_is_refused(shelf: Shelf) -> None:
    shelf.folder.parent.mkdir(exist_ok=True)
    shelf.folder.mkdir()
    shelf.folder.chmod(0o755)
    with pytest.raises(ShelfError, match="open to others"), shelf.visit("one") as visit:
        visit["told"] = True


@pytest.mark.parametrize("key", ["", "../x", "a/b", "x" * 65])
def test_a_key_is_no_path(shelf: Shelf, key: str) -> None:
    with pytest.raises(ValueError):
        shelf.peek(key)
