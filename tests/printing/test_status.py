"""What a printer says is sorted by its fixed bits, however the bytes are cut and whatever else comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.status import StatusReader


def answered(number: int, byte: int) -> StatusReader:
    reader = StatusReader()
    reader.asked(number)
    reader.feed(bytes([byte]))
    return reader


def test_a_ready_printer_has_no_trouble() -> None:
    assert answered(4, 0x12).status.trouble == ""
    assert answered(4, 0x12).status.paper == "ok"


def test_paper_out_cover_open_error_and_near_end() -> None:
    assert answered(4, 0x72).status.trouble == "paper-out"
    assert answered(4, 0x1E).status.near_end
    assert answered(2, 0x16).status.trouble == "cover-open"
    assert answered(2, 0x52).status.trouble == "error"
    assert answered(1, 0x1A).status.trouble == "offline"


def test_an_open_cover_goes_before_the_paper_that_it_hides() -> None:
    reader = StatusReader()
    for number, byte in ((4, 0x72), (2, 0x36), (1, 0x1A)):
        reader.asked(number)
        reader.feed(bytes([byte]))
    assert reader.status.trouble == "cover-open"


def test_the_barrier_is_told_from_a_status() -> None:
    reader = StatusReader()
    reader.asked(4)
    replies = reader.feed(b"\x12\x00")
    assert [reply.kind for reply in replies] == ["status", "barrier"]


@given(st.binary(max_size=60), st.lists(st.integers(1, 4), max_size=5))
def test_no_bytes_break_it(data: bytes, asked: list[int]) -> None:
    reader = StatusReader()
    for number in asked:
        reader.asked(number)
    reader.feed(data)
    assert reader.status.trouble in ("", "cover-open", "paper-out", "error", "offline")


@given(st.binary(max_size=40), st.integers(0, 40))
def test_where_the_bytes_are_cut_does_not_matter(data: bytes, cut: int) -> None:
    whole, halves = StatusReader(), StatusReader()
    for reader in (whole, halves):
        for number in (4, 2, 1):
            reader.asked(number)
    expected = whole.feed(data)
    assert halves.feed(data[:cut]) + halves.feed(data[cut:]) == expected
    assert halves.status == whole.status
