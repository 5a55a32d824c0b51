"""Whole visits, end to end: the real application, a printer in another process, the loudspeaker's own record."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.album import draw
from tests.journeys import scenarios
from tests.journeys.scenarios import alone
from tests.printing.decoder import decode
from tests.printing.fake_printer import PrinterProcess
from tests.until import until


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures and clips, made once for all journeys as they are on a kiosk."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def home(tmp_path: Path, cache: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "cache").symlink_to(cache, target_is_directory=True)
    return tmp_path / "home"


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[PrinterProcess]:
    process = PrinterProcess(tmp_path / "printer")
    yield process
    process.close()


def test_a_tap_on_a_picture_ends_with_a_spoken_and_printed_number(home: Path, printer: PrinterProcess) -> None:
    steps = alone(scenarios.whole_visit, home, printer.address)
    said = {screen: keys for screen, keys in steps if screen != "bring"}
    assert [screen for screen, _ in steps] == ["attract", "service", "bring", "bring", "confirm", "ticket"]
    assert said["attract"] == []
    assert said["service"][0] == "service-ask"
    assert [keys[0].partition("?")[0] for screen, keys in steps if screen == "bring"] == [
        "bring-ask-first",
        "bring-ask",
    ]
    assert said["confirm"][0].startswith("confirm-ask?")
    number = "ticket-number?number=A001"
    assert said["ticket"] == [number, number, "ticket-take", "ticket-ahead?count=0"]
    (job,) = printer.wait_for(1)
    paper = decode(job, 576)
    assert len(paper.cuts) == 1
    (code,) = zxingcpp.read_barcodes(paper.image())
    assert code.text.startswith("http://192.168.8.10:8080/t/")
    assert len(code.text.rsplit("/", 1)[1]) >= 16


def test_a_number_is_called_from_a_counter_while_the_next_one_chooses(home: Path, printer: PrinterProcess) -> None:
    alone(scenarios.called_while_the_next_one_chooses, home, printer.address)


def test_hasty_fingers_get_one_ticket(home: Path, printer: PrinterProcess) -> None:
    alone(scenarios.hasty_fingers, home, printer.address)
    assert len(printer.wait_for(1)) == 1


def test_a_palm_on_the_glass_chooses_nothing(home: Path, printer: PrinterProcess) -> None:
    alone(scenarios.a_palm, home, printer.address)


@pytest.mark.parametrize(
    ("before", "reason", "after"), [("absent", "absent", "listen"), ("paper-out", "paper-out", "ready")]
)
def test_without_paper_the_number_is_there_and_the_slip_comes_later(
    home: Path, printer: PrinterProcess, before: str, reason: str, after: str
) -> None:
    printer.set(before)

    def bring_paper() -> None:
        until((home / "silent").exists, 120)
        printer.set(after)

    helper = threading.Thread(target=bring_paper, daemon=True)
    helper.start()
    alone(scenarios.no_paper, home, printer.address, reason)
    helper.join(10)
    assert len(printer.wait_for(1)) == 1


def test_any_fault_ends_on_the_trouble_screen_and_then_home(home: Path, printer: PrinterProcess) -> None:
    alone(scenarios.a_fault, home, printer.address)


def test_the_bar_is_the_same_pixels_on_every_screen(home: Path, printer: PrinterProcess) -> None:
    bars = alone(scenarios.every_bar, home, printer.address)
    for index in (0, 1):
        assert len({pixels for name, pixels in bars.items() if name.endswith(f"-{index}")}) == 1
    back = {name: pixels for name, pixels in bars.items() if name.endswith("-2")}
    wheelchair, empty = back.pop("attract-2"), back.pop("ticket-2")
    assert len(set(empty)) <= 12  # nothing but the bar's own colour
    assert wheelchair not in (empty, *back.values())
    assert len(set(back.values())) == 1


def test_the_way_out_shows_codes_that_phones_read(home: Path, printer: PrinterProcess) -> None:
    alone(scenarios.way_out, home, printer.address)


def test_who_has_no_phone_taps_the_own_number_and_a_face(home: Path, printer: PrinterProcess) -> None:
    steps = alone(scenarios.a_face, home, printer.address)
    assert steps == [
        ("numbers", ["exit-whose"]),
        ("rate", ["survey-sipas-1-polite", "exit-touch-or-scan"]),
        ("rate", ["survey-sipas-1-polite-4", "survey-sipas-1-clear"]),
        ("thanks", ["survey-sipas-1-clear-2", "exit-thanks"]),
    ]


def test_every_word_fits_its_place(tmp_path: Path) -> None:
    """The album of the smallest glass; the audit measures every glass, look and language."""
    from kiosk.settings import load, places

    assert alone(draw, load(places(home=tmp_path)), "10", "vi", tmp_path) == []
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) >= 24
    for path in pictures:
        with Image.open(path) as picture:
            assert len(picture.getcolors(picture.width * picture.height) or []) > 20, path.name


def test_a_word_that_is_cut_is_seen(home: Path) -> None:
    cut = ["Rất hài lòng"]
    assert alone(scenarios.words_cut_in_every_way, home) == {
        "whole": [], "height": cut, "lines": cut, "shorten": cut, "edge": cut,
    }  # fmt: skip
