"""A slip, composed and encoded, comes out of an independent decoder dot by dot, and phones can read it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from kiosk.pictures import Pictures
from kiosk.printing import escpos, layout
from kiosk.printing.slip import Fact, Slip
from kiosk.printing.strips import preview
from tests.printing.decoder import decode

SLIP = Slip(
    office="Bộ phận Một cửa – UBND xã An Tân",
    date="Thứ Năm 26/11/2026, 08:05",
    series="A",
    number="012",
    service="Khai sinh",
    picture="birth-registration",
    facts=(Fact("seated", "3", "người trước"), Fact("counter", "1", "quầy")),
    missing_heading="Còn thiếu, nhớ lấy thêm:",
    missing=("Giấy chứng sinh", "Thẻ căn cước"),
    qr="http://192.168.8.10:8080/t/1tNMnL5SIW3spJui",
    qr_caption="Quét: xem lượt, chấm điểm",
    note="Phiếu này không thay giấy tiếp nhận hồ sơ",
)
BOTH = pytest.mark.parametrize("width", [576, 384])


def printed(slip: Slip, width: int, pictures: Pictures) -> Image.Image:
    """The slip as an independent printer would show it, up to the cut."""
    paper = decode(escpos.encode(layout.compose(slip, width, pictures)), width)
    assert paper.initialised == 1
    assert len(paper.cuts) == 1
    return paper.image()


@BOTH
def test_the_decoder_sees_what_the_preview_shows(width: int, pictures: Pictures) -> None:
    expected = preview(layout.compose(SLIP, width, pictures), width).convert("L")
    assert printed(SLIP, width, pictures).tobytes() == expected.tobytes()


words = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyẤỆỗợữẳỷ ạ1–,."), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(words, min_size=6, max_size=6), width=st.sampled_from([576, 384]), number=st.integers(1, 9999))
def test_any_words_fit_the_paper(texts: list[str], width: int, number: int, pictures: Pictures) -> None:
    slip = replace(
        SLIP, office=texts[0], service=texts[1], note=texts[2], missing=(texts[3], texts[4]), trial=texts[5],
        number=f"{number:03d}",
    )  # fmt: skip
    expected = preview(layout.compose(slip, width, pictures), width).convert("L")
    assert printed(slip, width, pictures).tobytes() == expected.tobytes()


@BOTH
def test_a_phone_reads_the_code(width: int, pictures: Pictures) -> None:
    paper = printed(SLIP, width, pictures)
    seen = {
        "sharp": paper,
        "blurred": paper.filter(ImageFilter.GaussianBlur(1.2)),
        "small": paper.resize((paper.width // 2, paper.height // 2), Image.Resampling.BOX),
        "askew": paper.rotate(7, expand=True, fillcolor=255),
    }
    for how, picture in seen.items():
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [SLIP.qr], how


@BOTH
def test_the_code_keeps_its_quiet_zone(width: int, pictures: Pictures) -> None:
    paper = printed(SLIP, width, pictures)
    code = zxingcpp.read_barcodes(paper)[0].position
    left, top = min(code.top_left.x, code.bottom_left.x), min(code.top_left.y, code.top_right.y)
    right, bottom = max(code.top_right.x, code.bottom_right.x), max(code.bottom_left.y, code.bottom_right.y)
    module = (right - left) / 29  # version 3
    assert module >= 3.9
    zone = round(4 * module) - 2
    around = paper.crop((left - zone, top - zone, right + zone, bottom + zone))
    inside = Image.new("L", (right - left + 4, bottom - top + 4), 255)
    around.paste(inside, (zone - 2, zone - 2))
    assert around.getextrema() == (255, 255)


@pytest.mark.parametrize(("width", "least"), [(576, 19.0), (384, 13.0)])
def test_the_digits_are_giant(width: int, least: float, pictures: Pictures) -> None:
    bare = Slip(office="", date="", series="A", number="888", service="", picture="no")
    paper = printed(bare, width, pictures)
    right_half = paper.crop((width // 2, 0, width, paper.height))
    rows = [row for row in range(paper.height) if right_half.crop((0, row, width // 2, row + 1)).getextrema()[0] == 0]
    run = next((end for end in range(len(rows) - 1) if rows[end + 1] != rows[end] + 1), len(rows) - 1)
    assert (rows[run] - rows[0] + 1) / 8 >= least


@BOTH
def test_a_slip_is_small_on_the_wire(width: int, pictures: Pictures) -> None:
    """19,200 baud carry 1.9 KB a second: 20 KB are ten seconds."""
    assert len(escpos.encode(layout.compose(SLIP, width, pictures))) < 20_000


@BOTH
def test_no_printer_command_hides_in_the_picture(width: int, pictures: Pictures) -> None:
    for number in range(0, 200, 7):
        slip = replace(SLIP, number=f"{number:03d}", qr=f"http://192.168.8.10:8080/t/{number:016d}")
        job = escpos.encode(layout.compose(slip, width, pictures))
        for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"):
            assert command not in job


def test_a_command_in_the_picture_is_moved_out_of_it(pictures: Pictures) -> None:
    """The check above can fail: the same dots, unmoved, do hold the command."""
    from kiosk.printing.strips import Strip, harmless

    dots = Image.frombytes("1", (24, 1), bytes(byte ^ 0xFF for byte in b"\x10\x04\x00"))
    strip = Strip(dots, False, False, 0)
    assert b"\x10\x04" in strip.payload()
    assert b"\x10\x04" not in harmless(strip).payload()


def test_a_missing_picture_leaves_the_number(pictures: Pictures) -> None:
    assert printed(replace(SLIP, picture="no-such-picture"), 576, pictures).getextrema() == (0, 255)


@pytest.mark.parametrize(("field", "text"), [("trial", "PHIẾU THỬ"), ("reprint", "BẢN IN LẠI")])
def test_a_marked_slip_differs_on_top(field: str, text: str, pictures: Pictures) -> None:
    marked = printed(replace(SLIP, **{field: text}), 576, pictures)
    band = marked.crop((0, 0, 576, 40))
    assert band.histogram()[0] > 0.4 * 576 * 40


def test_unknown_paper_is_refused(pictures: Pictures) -> None:
    with pytest.raises(ValueError, match="576 or 384"):
        layout.compose(SLIP, 500, pictures)
