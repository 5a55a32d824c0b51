"""`kiosk forget`: what is kept goes, and the proof that nothing stays can fail."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.forgetting import forget, prove, written_forms
from kiosk.papers.shelf import Shelf, shelf_folder
from kiosk.settings import load, places


def quietly(_: str) -> None:
    """Nobody listens."""


def test_nothing_stays_of_what_the_pages_were_told(tmp_path: Path) -> None:
    proof = prove(load(places(home=tmp_path)), 6, quietly)
    assert proof.left == []
    assert proof.holds
    assert proof.values > 50
    assert proof.files >= 3


def in_a_log(home: Path, value: str) -> None:
    with (home / "web.log").open("a") as log:
        log.write(f"filled in: {value}\n")


def on_a_free_page(home: Path, value: str) -> None:
    """Written into the database and deleted again: its page is free, its bytes are not gone."""
    with sqlite3.connect(home / "office.db", timeout=20) as database:
        database.execute("create table leak (value text)")
        database.execute("insert into leak values (?)", (value,))
    with sqlite3.connect(home / "office.db", timeout=20) as database:
        database.execute("drop table leak")


def in_an_address(home: Path, value: str) -> None:
    from urllib.parse import quote

    (home / "tmp" / "history").write_text(f"GET /counter/papers?name={quote(value)}")


def test_a_planted_leak_is_found(tmp_path: Path) -> None:
    def everywhere(home: Path, value: str) -> None:
        for leak in (in_a_log, on_a_free_page, in_an_address):
            leak(home, value)

    proof = prove(load(places(home=tmp_path)), 1, quietly, everywhere)
    assert not proof.holds
    for place in ("web.log", "office.db", "tmp/history"):
        assert any(place in line for line in proof.left), place


def test_forget_empties_the_shelf(tmp_path: Path) -> None:
    settings = load(places(home=tmp_path))
    shelf = Shelf(shelf_folder(settings.database_url))
    try:
        for key in ("one", "two"):
            with shelf.visit(key) as visit:
                visit["told"] = True
        assert forget(settings) == 2
        assert forget(settings) == 0
    finally:
        shutil.rmtree(shelf.folder, ignore_errors=True)


@pytest.mark.parametrize("bend", [str.upper, str.lower, lambda text: text])
def test_every_written_form_is_looked_for(bend: Callable[[str], str]) -> None:
    forms = {form for _, form in written_forms("Đinh Thị Mẫu")}
    assert bend("Đinh Thị Mẫu").encode() in forms
