"""A Slip → strips, for paper of 576 dots (80 mm) or 384 dots (58 mm). 8 dots a millimetre.

The paper is the number plate: a black tab with the series' letter, the digits on the bare paper. Digits,
pictures and QR take 2×2 dots a pixel, lines of text 2×1 (their tone marks keep every row): 8 to 16 KB a slip
instead of 25 to 47. A printer that is known to draw codes and letters itself is sent 5 to 11 KB.

Only such a printer is trusted to centre a raster (ESC a 1; Epson and Citizen document it), so only there the blank
columns on the left of text are cut. A clone that reckons the width before doubling it would push a long line over the
paper's edge. ESC $ and GS L, which clones ignore before a raster, are not used at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk import fonts, qr
from kiosk.pictures import Pictures
from kiosk.printing import native
from kiosk.printing.native import NativeQr
from kiosk.printing.slip import Fact, Slip
from kiosk.printing.strips import Part
from kiosk.printing.typeset import COARSE, PAPER, TEXT, Font, Roll, Sheet, Typesetter

_MODULE = 6
_SMALLEST_MODULE = 4
"""Dots that a QR module takes: 0.75 mm, and not under 0.5 mm."""


@dataclass(frozen=True)
class _Sizes:
    """All measures of one paper width, in dots."""

    margin: int
    band: int
    office: int
    date: int
    tab: tuple[int, int]
    tab_radius: int
    digits: int
    digits_least: int
    picture: int
    picture_gap: int
    service: int
    service_least: int
    fact_row: int
    fact_picture: int
    fact_digits: int
    fact_words: int
    facts_abreast: int
    missing: int
    missing_least: int
    box: int
    caption: int
    note: int


_SIZES = {
    576: _Sizes(
        margin=8, band=30, office=26, date=27, tab=(168, 168), tab_radius=14, digits=218, digits_least=140,
        picture=96, picture_gap=16, service=41, service_least=28, fact_row=54, fact_picture=52,
        fact_digits=58, fact_words=26, facts_abreast=3,
        missing=32, missing_least=26, box=28, caption=29, note=24,
    ),
    384: _Sizes(
        margin=2, band=25, office=27, date=25, tab=(114, 122), tab_radius=10, digits=156, digits_least=100,
        picture=76, picture_gap=10, service=33, service_least=25, fact_row=54, fact_picture=44,
        fact_digits=46, fact_words=24, facts_abreast=1,
        missing=27, missing_least=23, box=24, caption=25, note=26,
    ),
}  # fmt: skip

WIDTHS = tuple(_SIZES)
"""The paper widths there are, in dots."""


Profile = Literal["generic", "known"]
"""What a printer can. "generic": rasters. "known": also QR codes, letters of its own, and rasters that it centres."""


def compose(
    slip: Slip, width: int, pictures: Pictures, profile: Profile = "generic", fine: bool = False
) -> list[Part]:
    """The slip's parts from top to bottom, none wider than `width` dots (576 or 384).

    `fine` draws every dot, three times the bytes: for links that carry 100 KB/s. Raises ValueError for
    another width and for a QR address too long for the paper. A text too long is set smaller, then in two or
    three lines, at last cut with "…".
    """
    if width not in _SIZES:
        raise ValueError(f"paper of {width} dots is not known: {' or '.join(map(str, WIDTHS))}")
    return _Composer(width, pictures, profile, fine).compose(slip)


class _Composer:
    """One slip being laid out."""

    def __init__(self, width: int, pictures: Pictures, profile: Profile, fine: bool) -> None:
        self._width = width
        self._sizes = _SIZES[width]
        self._pictures = pictures
        self._known = profile == "known"
        self._type = Typesetter(fonts.bold())
        self._roll = Roll(fine)

    def compose(self, slip: Slip) -> list[Part]:
        for band in (slip.trial, slip.reprint):
            if band:
                self._band(band)
        self._centred(slip.office, self._sizes.office)
        self._centred(slip.date, self._sizes.date)
        self._number(slip.series, slip.number)
        self._service(slip.picture, slip.service)
        self._rule()
        if slip.facts:
            self._facts(slip.facts)
            self._rule()
        if slip.missing:
            self._missing(slip.missing_heading, slip.missing)
            self._rule()
        if slip.qr:
            self._qr(slip.qr)
            self._caption(slip.qr_caption)
        self._centred(slip.note, self._sizes.note)
        return self._roll.parts

    def _band(self, text: str) -> None:
        margin = self._sizes.margin
        lines, font = self._type.fit(text, self._sizes.band, 20, self._width - 2 * margin - 16)
        sheet = Sheet(self._width, font.line * len(lines) + 8)
        sheet.block(margin, 0, self._width - margin, font.line * len(lines) + 8)
        for row, line in enumerate(lines):
            sheet.text(line, font, self._width / 2, 3 + row * font.line + font.baseline, "m", PAPER)
        self._roll.put(sheet, TEXT)
        self._roll.feed(6)

    def _centred(self, text: str, size: int) -> None:
        if text:
            lines, font = self._type.fit(text, size, round(size * 0.75), self._width - 8, lines=3)
            for line in lines:
                self._line(line, font, self._width / 2, "m")

    def _line(self, text: str, font: Font, x: float, anchor: str = "l") -> None:
        sheet = Sheet(self._width, font.line)
        sheet.text(text, font, x, font.baseline, anchor)
        self._roll.put(sheet, TEXT, centred=self._known and anchor == "m")

    def _number(self, series: str, number: str) -> None:
        self._roll.feed(10)
        if self._known and (series + number).isascii():
            self._roll.add(native.plate(series, number, self._width))
        else:
            self._drawn_number(series, number)

    def _drawn_number(self, series: str, number: str) -> None:
        sizes, (tab, height) = self._sizes, self._sizes.tab
        left = sizes.margin
        room = self._width - 2 * left - tab - 8
        digits, font = self._type.line(number, sizes.digits, room)
        sheet = Sheet(self._width, height)
        sheet.block(left, 0, left + tab, height, sizes.tab_radius)
        letter, letter_font = self._type.line(series, round(sizes.digits * 0.82), tab * 0.84)
        sheet.text(letter, letter_font, left + tab / 2, (height + letter_font.height("H")) / 2, "m", PAPER)
        middle = self._width - left - room / 2
        sheet.text(digits, font, middle, (height + font.height("0")) / 2, "m")
        self._roll.put(sheet, COARSE)

    def _service(self, picture: str, name: str) -> None:
        sizes = self._sizes
        room = self._width - sizes.picture - sizes.picture_gap - 16
        lines, font = self._type.fit(name, sizes.service, sizes.service_least, room, lines=3)
        height = max(sizes.picture, font.line * len(lines))
        wide = max(font.width(line) for line in lines) if lines else 0
        left = round((self._width - sizes.picture - sizes.picture_gap - wide) / 4) * 2
        sheet = Sheet(self._width, height)
        sheet.picture(self._pictures, picture, left, (height - sizes.picture) // 2, sizes.picture)
        top = (height - font.line * len(lines)) / 2
        for row, line in enumerate(lines):
            sheet.text(line, font, left + sizes.picture + sizes.picture_gap, top + row * font.line + font.baseline)
        self._roll.feed(12)
        self._roll.put(sheet, COARSE, centred=self._known)

    def _rule(self) -> None:
        sheet = Sheet(self._width, 4)
        for left in range(0, self._width, 20):
            sheet.block(left, 0, min(left + 12, self._width), 4)
        self._roll.feed(10)
        self._roll.put(sheet, COARSE)
        self._roll.feed(10)

    def _facts(self, facts: tuple[Fact, ...]) -> None:
        if self._sizes.facts_abreast == 1:
            for fact in facts:
                self._fact_line(fact)
            return
        for start in range(0, len(facts), self._sizes.facts_abreast):
            self._facts_abreast(facts[start : start + self._sizes.facts_abreast])

    def _facts_abreast(self, facts: tuple[Fact, ...]) -> None:
        """Picture and digits in one row, the words under them; each fact as wide as it needs."""
        sizes, gap = self._sizes, 10
        most = self._width / len(facts) * 1.3 if len(facts) > 1 else self._width
        digits = [self._type.line(fact.digits, sizes.fact_digits, most - sizes.fact_picture - gap) for fact in facts]
        words = [self._type.line(fact.words, sizes.fact_words, self._width / len(facts) - 8) for fact in facts]
        upper = [sizes.fact_picture + gap + font.width(text) for text, font in digits]
        needs = [max(above, font.width(text)) for above, (text, font) in zip(upper, words, strict=True)]
        spare = (self._width - sum(needs)) / len(facts)
        figures, captions = (
            Sheet(self._width, sizes.fact_row),
            Sheet(self._width, self._type.font(sizes.fact_words).line),
        )
        x = 0.0
        for index, fact in enumerate(facts):
            middle = x + (needs[index] + spare) / 2
            left = round((middle - upper[index] / 2) / 2) * 2
            text, font = digits[index]
            figures.picture(self._pictures, fact.picture, left, 0, sizes.fact_picture)
            figures.text(text, font, left + sizes.fact_picture + gap, (sizes.fact_row + font.height("0")) / 2)
            text, font = words[index]
            captions.text(text, font, middle, font.baseline, "m")
            x += needs[index] + spare
        self._roll.put(figures, COARSE)
        self._roll.put(captions, TEXT)

    def _fact_line(self, fact: Fact) -> None:
        sizes, left = self._sizes, self._sizes.margin
        digits, font = self._type.line(fact.digits, sizes.fact_digits, self._width / 2 - sizes.fact_picture)
        start = left + sizes.fact_picture + 12
        after = start + font.width(digits) + 10
        words, small = self._type.line(fact.words, sizes.fact_words, self._width - after)
        sheet = Sheet(self._width, sizes.fact_row)
        sheet.picture(
            self._pictures, fact.picture, left, (sizes.fact_row - sizes.fact_picture) // 2, sizes.fact_picture
        )
        baseline = (sizes.fact_row + font.height("0")) / 2
        sheet.text(digits, font, start, baseline)
        sheet.text(words, small, after, baseline)
        self._roll.put(sheet, TEXT)

    def _missing(self, heading: str, papers: tuple[str, ...]) -> None:
        sizes, left = self._sizes, self._sizes.margin + 2
        if heading:
            text, font = self._type.line(heading, sizes.missing - 1, self._width - 2 * left)
            self._line(text, font, left)
        start = left + sizes.box + 12
        for paper in papers:
            lines, font = self._type.fit(
                paper, sizes.missing, sizes.missing_least, self._width - start - left, lines=3
            )
            sheet = Sheet(self._width, font.line * len(lines) + 4)
            middle = font.baseline - font.height("x") / 2 + 2
            top = round(middle - sizes.box / 2)
            sheet.block(left, top, left + sizes.box, top + sizes.box, line=4)
            for row, line in enumerate(lines):
                sheet.text(line, font, start, 2 + row * font.line + font.baseline)
            self._roll.put(sheet, TEXT)

    def _qr(self, address: str) -> None:
        count = qr.side(address)
        largest = self._width // (count + 2 * qr.QUIET_ZONE)
        module = min(_MODULE, largest // 2 * 2)  # even: on the grid of doubled strips
        if module < _SMALLEST_MODULE:
            raise ValueError(f"the QR address is too long for paper of {self._width} dots: {len(address)} letters")
        quiet = qr.QUIET_ZONE * module
        self._roll.feed(quiet - 10)  # the rule left 10 above
        if self._known:
            self._roll.add(NativeQr(address, module))
        else:
            sheet = Sheet(self._width, count * module)
            sheet.modules(qr.modules(address), (self._width - count * module) // 4 * 2, 0, module)
            # Any printer is asked to centre it: that saves a kilobyte, and goes wrong harmlessly. One that does not
            # listen prints it beside the paper's white edge; one that forgets the doubled width, further right.
            self._roll.put(sheet, COARSE, centred=count * module <= self._width * 2 // 3)
        self._roll.feed(quiet)

    def _caption(self, text: str) -> None:
        """What the code is for, a phone drawn before it."""
        size, phone, gap = self._sizes.caption, 18, 10
        caption, font = self._type.line(text, size, self._width - phone - gap - 8)
        sheet = Sheet(self._width, font.line)
        left = round((self._width - phone - gap - font.width(caption)) / 4) * 2
        bottom = font.baseline + 4
        sheet.block(left, bottom - 30, left + phone, bottom, radius=4, line=4)
        sheet.block(left + 6, bottom - 8, left + 12, bottom - 6)
        sheet.text(caption, font, left + phone + gap, font.baseline)
        self._roll.put(sheet, TEXT, centred=self._known)
