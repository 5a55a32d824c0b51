"""Charts as SVG, the same in page and PDF. A bar is where the truth may lie, a slim mark what was counted; n stands
beside it; what is hidden is hatched and says why.

Drawn here and not by a library: hollow marks, hatched tracks with words and joined Thursdays are no library's chart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from kiosk.reports.forms import DASH, MINUS, number, percent

INK, INK_2, INK_3 = "#1E2A32", "#404A51", "#626A70"
RIVER, PALE, TINT = "#0A4F94", "#B6CADF", "#EBF1F6"
GREY, EDGE, GREY_1, WHITE = "#DCE3E6", "#8E9498", "#F1F4F5", "#FFFFFF"
FONT = "Noto Sans, Liberation Sans, DejaVu Sans, sans-serif"
LETTER = 0.5
"""Mean width of a letter, in sizes of the font."""


@dataclass(frozen=True)
class Bar:
    """One row: a figure with its interval in shares of 1, or the reason why there is none."""

    label: str
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    n: int = 0
    hidden: str = ""
    """Why the figure is hidden."""
    unsure: str = ""
    """What is said in place of the figure when a judgement needs more people: hollow mark, dashed bar."""
    strong: bool = False
    child: bool = False


@dataclass(frozen=True)
class Column:
    """One Thursday, or several joined: shares of 1; `closed` says why there was none."""

    labels: tuple[str, ...]
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    note: str = ""
    closed: str = ""
    waits: bool = False
    """Its answers are not in yet."""


class Drawing:
    """Collects what is drawn."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def text(
        self, x: float, y: float, text: str, size: float = 13.5, anchor: str = "start", colour: str = INK,
        weight: int = 400, more: str = "",
    ) -> None:  # fmt: skip
        """Words at a place."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
            f'fill="{colour}"{more}>{escape(text)}</text>'
        )

    def path(self, path: str, colour: str = EDGE, width: float = 1.0, more: str = "") -> None:
        """A line."""
        self._parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{more}/>')

    def box(
        self, x: float, y: float, width: float, height: float, fill: str = PALE, radius: float = 3, more: str = ""
    ) -> None:
        """A rectangle."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{height:.1f}" rx="{radius}" '
            f'fill="{fill}"{more}/>'
        )

    def dot(self, x: float, y: float, radius: float, fill: str = RIVER, more: str = "") -> None:
        """A disc."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}"{more}/>')

    def hatched(self, x: float, y: float, width: float, height: float) -> None:
        """A track that hides something. Drawn line by line: patterns are not drawn alike everywhere."""
        self.box(x, y, width, height, WHITE, 3, f' stroke="{EDGE}"')
        step, lines = 7.0, []
        at = x + step - height
        while at < x + width:
            left, right = max(at, x), min(at + height, x + width)
            if right > left:
                foot = y + height + at
                lines.append(f"M{left:.1f} {foot - left:.1f}L{right:.1f} {foot - right:.1f}")
            at += step
        self.path("".join(lines), EDGE, 1.4)

    def done(self, width: float, height: float, label: str) -> str:
        """The whole picture. `label`: what it says to who cannot see it."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" font-family="{FONT}" role="img" aria-label="{escape(label)}">'
            + "".join(self._parts)
            + "</svg>"
        )


def axis_start(lows: Sequence[float], most: float = 0.5) -> float:
    """Where an axis of shares begins: a tenth that cuts no bar off, at `most`."""
    lowest = min([most, *lows])
    return max(0.0, math.floor(lowest * 10 + 1e-9) / 10)


def rows(
    bars: Sequence[Bar], *, title: str, people: str, starts_at: str, width: float = 664, label_width: float = 236,
    reference: tuple[float, str] | None = None, start: float | None = None,
) -> str:  # fmt: skip
    """Figures one below the other. `people`: the heading of n; `starts_at`: said of an axis that begins at {}; it
    does so at `start`, else as far down as needed."""
    drawn = Drawing()
    shown = [bar for bar in bars if not bar.hidden]
    start = axis_start([bar.low for bar in shown]) if start is None else start
    left, right = label_width, width - 168
    foot = 18 if reference else 4

    def place(share: float) -> float:
        return left + (right - left) * (share - start) / (1 - start)

    fits = int((label_width - 30) / (14 * LETTER))
    cut = [_wrapped(bar.label, fits) for bar in bars]
    heights = [max(28, 18 * len(lines) + 8) for lines in cut]
    bottom = 24 + sum(heights)
    ticks = [round(start * 10) + at for at in range(11 - round(start * 10))]
    ticks = [at for at in ticks if len(ticks) <= 7 or at % 2 == 0]  # 100 is among them
    for at in ticks:
        drawn.path(f"M{place(at / 10):.1f} 20V{bottom}", GREY)
        drawn.text(place(at / 10), 13, f"{at * 10}%", 12, "middle", INK_3)
    if start:
        drawn.text(0, 13, starts_at.replace("{}", f"{round(start * 100)}%"), 12, colour=INK_3)
    drawn.text(width - 2, 13, people, 12, "end", INK_3)
    if reference:
        drawn.path(f"M{place(reference[0]):.1f} 20V{bottom}", INK_3, 1, ' stroke-dasharray="4 4"')
        drawn.text(place(reference[0]), bottom + 14, reference[1], 12, "middle", INK_3)
    y = elbow = 24.0
    for bar, lines, height in zip(bars, cut, heights, strict=True):
        middle, size = y + height / 2, 14.5 if bar.strong else 13.5
        for at, line in enumerate(lines):
            base = middle + 5 + 18 * (at - (len(lines) - 1) / 2)
            drawn.text(22 if bar.child else 0, base, line, size, weight=700 if bar.strong else 400)
        if bar.child:
            drawn.path(f"M8 {elbow:.1f}V{middle:.1f}H16", EDGE, 1.5)
        if bar.hidden:
            drawn.hatched(left, middle - 6, right - left, 12)
            drawn.text(right + 14, middle + 5, bar.hidden, 13)
        else:
            _bar(drawn, bar, place(bar.low), place(bar.value), place(bar.high), middle)
            _figures(drawn, bar, right, width, middle)
        y += height
        elbow = middle if bar.child else y
    return drawn.done(width, bottom + foot, f"{title}. {_told(bars)}")


def slim(
    bars: Sequence[Bar], *, title: str, people: str, starts_at: str, width: float = 342,
    reference: tuple[float, str] | None = None, start: float | None = None,
) -> str:  # fmt: skip
    """The same for a phone: each name stands above its bar."""
    drawn = Drawing()
    start = axis_start([bar.low for bar in bars if not bar.hidden]) if start is None else start
    left, right = 8.0, width - 142

    def place(share: float) -> float:
        return left + (right - left) * (share - start) / (1 - start)

    cut = [_wrapped(bar.label, int((width - 24) / (14 * LETTER))) for bar in bars]
    under = [16 if bar.hidden or bar.unsure else 0 for bar in bars]
    heights = [18 * len(lines) + 28 + more for lines, more in zip(cut, under, strict=True)]
    bottom = 22 + sum(heights)
    for at in (round(start * 10), 10):
        drawn.text(place(at / 10), 13, f"{at * 10}%", 12, "start" if at < 10 else "end", INK_3)
    drawn.text(width - 2, 13, people, 12, "end", INK_3)
    if start:
        drawn.text(0, bottom + 14, starts_at.replace("{}", f"{round(start * 100)}%"), 12, colour=INK_3)
    if reference:
        drawn.path(f"M{place(reference[0]):.1f} 18V{bottom}", GREY, 1.5, ' stroke-dasharray="4 4"')
        drawn.text(place(reference[0]), bottom + 14, reference[1], 12, "middle", INK_3)
    y = 22.0
    for bar, lines, height in zip(bars, cut, heights, strict=True):
        for at, line in enumerate(lines):
            weight = 700 if bar.strong else 400
            drawn.text(16 if bar.child else 0, y + 14 + 18 * at, line, 13.5, weight=weight)
        middle = y + 18 * len(lines) + 12
        if bar.hidden:
            drawn.hatched(left, middle - 6, right - left, 12)
        else:
            _bar(drawn, bar, place(bar.low), place(bar.value), place(bar.high), middle)
        if bar.hidden or bar.unsure:
            drawn.text(left, middle + 20, bar.hidden or bar.unsure, 13, colour=INK_2)
        else:
            _figures(drawn, bar, right - 8, width, middle)
        y += height
    return drawn.done(width, bottom + 18, f"{title}. {_told(bars)}")


def _told(bars: Sequence[Bar]) -> str:
    return "; ".join(f"{bar.label}: {bar.hidden or bar.unsure or number(100 * bar.value) + '%'}" for bar in bars)


def _bar(drawn: Drawing, bar: Bar, low: float, value: float, high: float, middle: float) -> None:
    thick = 11 if bar.strong else 8
    if bar.unsure:
        dashed = f' stroke="{RIVER}" stroke-width="1.4" stroke-dasharray="3 2.5"'
        drawn.box(low, middle - thick / 2, high - low, thick, WHITE, 3, dashed)
        drawn.box(value - 2, middle - 8, 4, 16, WHITE, 2, f' stroke="{RIVER}" stroke-width="1.4"')
        return
    drawn.box(low, middle - thick / 2, high - low, thick)
    mark = 4.6 if bar.strong else 3.8
    drawn.box(value - mark / 2, middle - thick / 2 - 3.5, mark, thick + 7, RIVER, mark / 2)


def _figures(drawn: Drawing, bar: Bar, right: float, width: float, middle: float) -> None:
    if bar.unsure:
        drawn.text(right + 14, middle + 5, bar.unsure, 13)
        return
    weight = 700 if bar.strong else 400
    drawn.text(right + 56, middle + 5, percent(bar.value), 15 if bar.strong else 13.5, "end", INK, weight)
    span = f"({percent(bar.low)[:-1]}{DASH}{percent(bar.high)[:-1]})"
    drawn.text(right + 64, middle + 5, span, 13, colour=INK_3)
    drawn.text(width - 2, middle + 5, str(bar.n), 13, "end", INK_3)


def scale(bar: Bar, before: Bar | None = None, width: float = 366) -> str:
    """One index on the whole axis from 0 to 100 %, the one before above it, small and grey."""
    drawn = Drawing()
    left, right, y = 14.0, width - 22, 46.0

    def place(share: float) -> float:
        return left + (right - left) * share

    drawn.path(f"M{left} {y}H{right}", GREY, 2)
    for at in (0, 25, 50, 75, 100):
        drawn.path(f"M{place(at / 100):.1f} {y - 4}v8", EDGE)
        drawn.text(place(at / 100), y + 19, f"{at}%", 12, "middle", INK_3)
    if before is not None:
        drawn.box(place(before.low), 18, place(before.high) - place(before.low), 8, GREY, 4)
        drawn.dot(place(before.value), 22, 4.5, WHITE, f' stroke="{INK_3}" stroke-width="2"')
        drawn.text(place(before.low) - 8, 26.5, before.label, 12.5, "end", INK_3)
    low, value, high = place(bar.low), place(bar.value), place(bar.high)
    drawn.box(low, y - 6.5, high - low, 13)
    drawn.box(value - 2.1, y - 9.5, 4.2, 19, RIVER, 2.1)
    return drawn.done(width, 70, f"{bar.label}: {number(100 * bar.value)}%")


def part(share: float, words: str, label: str, width: float = 340) -> str:
    """How much of a whole: filled; `words` stand in what is left, or beside a long filling, below."""
    drawn = Drawing()
    filled = (width - 2) * min(1.0, max(0.0, share))
    drawn.box(1, 6, width - 2, 26, WHITE, 5, f' stroke="{EDGE}" stroke-width="1.5"')
    drawn.box(1, 6, filled, 26, RIVER, 5)
    inside = len(words) * 13.5 * LETTER + 16 < width - filled
    drawn.text(filled + 10 if inside else 12, 24, words, 13.5, colour=INK if inside else WHITE)
    return drawn.done(width, 38, label)


def parts(counts: Sequence[tuple[str, int, str, str]], width: float = 372) -> str:
    """How a whole is made up: (name, count, fill, ink). Beside each other, each with its number."""
    drawn = Drawing()
    total = sum(count for _, count, _, _ in counts) or 1
    room, x = width - 2 * len(counts), 0.0
    for _, count, fill, ink in counts:
        wide = max(18.0, room * count / total)
        drawn.box(x + 0.6, 6, min(wide, width - x - 1.2), 26, fill, 0, f' stroke="{INK}" stroke-width="1.2"')
        drawn.text(x + wide / 2, 24, str(count), 14, "middle", ink, 700)
        x += wide + 2
    return drawn.done(width, 38, "; ".join(f"{name}: {count}" for name, count, _, _ in counts))


def columns(
    found: Sequence[Column], *, title: str, people: str, whole: Bar | None, waiting: str, width: float = 588,
    height: float = 250, full: bool = False,
) -> str:  # fmt: skip
    """Figures side by side in time, joined where they had to be; lines cross no gap. `full`: axis from 0."""
    drawn = Drawing()
    start = 0.0 if full else axis_start([one.low for one in found if not one.closed and not one.waits])
    left, right, top, bottom = 42.0, width - 4, 8.0, height - 42

    def place(share: float) -> float:
        return bottom - (bottom - top) * (share - start) / (1 - start)

    first = round(start * 10)
    for at in range(10, first - 1, -2 if first < 5 else -1):
        drawn.path(f"M{left} {place(at / 10):.1f}H{right}", GREY)
        drawn.text(left - 5, place(at / 10) + 4, f"{at * 10}%", 12, "end", INK_3)
    if whole is not None:
        drawn.box(left, place(whole.high), right - left, place(whole.low) - place(whole.high), TINT, 0)
        drawn.path(f"M{left} {place(whole.value):.1f}H{right}", INK_3, 1, ' stroke-dasharray="4 4"')
    count = sum(len(one.labels) for one in found) or 1
    wide, at = (right - left) / count, 0
    every = max(1, math.ceil(40 / wide))
    last: tuple[float, float] | None = None
    for one in found:
        x1, x2 = left + wide * (at + 0.5), left + wide * (at + len(one.labels) - 0.5)
        for offset, label in enumerate(one.labels):
            if (at + offset) % every == 0:
                drawn.text(left + wide * (at + offset + 0.5), height - 19, label, 12.5, "middle")
        at += len(one.labels)
        middle = (x1 + x2) / 2
        if one.closed or one.waits:
            drawn.box(x1 - min(15, wide / 2 - 1), top, x2 - x1 + min(30, wide - 2), bottom - top, GREY_1, 0)
            words, centre = one.closed or waiting, (top + bottom) / 2
            turn = f' transform="rotate(-90 {middle + 4:.1f} {centre:.1f})"' if x2 - x1 < 80 else ""
            drawn.text(middle + (4 if turn else 0), centre, words, 12.5, "middle", INK_3, more=turn)
            last = None
            continue
        drawn.box(x1 - 4.5, place(one.high), x2 - x1 + 9, place(one.low) - place(one.high), PALE, 4.5)
        y = place(one.value)
        if last is not None:
            drawn.path(f"M{last[0]:.1f} {last[1]:.1f}L{x1:.1f} {y:.1f}", RIVER, 1.5)
        if len(one.labels) > 1:
            drawn.path(f"M{x1:.1f} {y:.1f}H{x2:.1f}", RIVER, 4, ' stroke-linecap="round"')
            drawn.path(f"M{x1 - 8:.1f} {bottom + 3}v3H{x2 + 8:.1f}v-3", INK_3)
        else:
            drawn.dot(x1, y, 5)
        inside = width - len(one.note) * 12 * LETTER / 2  # the last one may be longer than its column
        drawn.text(min(middle, inside), height - 3, one.note, 12, "middle", INK_3)
        last = x2, y
    drawn.text(0, height - 3, people, 12, colour=INK_3)
    told = "; ".join(f"{DASH.join(one.labels)}: {one.closed or number(100 * one.value) + '%'}" for one in found)
    return drawn.done(width, height, f"{title}. {told}")


def zero_line(
    value: float, low: float, high: float, *, less: str, same: str, more: str, label: str, width: float = 560
) -> str:
    """A difference in shares of 1 against zero. The axis reaches a fifth, or as far as the interval does."""
    drawn = Drawing()
    reach = max(0.2, math.ceil(max(abs(low), abs(high)) * 10 - 1e-9) / 10)

    def place(share: float) -> float:
        return 20 + (width - 40) * (share + reach) / (2 * reach)

    drawn.path(f"M20 24H{width - 20}", GREY, 2)
    drawn.path(f"M{place(0):.1f} 6V42", INK, 2)
    drawn.box(place(low), 17, place(high) - place(low), 14)
    drawn.box(place(value) - 2.5, 14, 5, 20, RIVER, 2.5)
    far = number(100 * reach)
    drawn.text(20, 60, less.replace("{}", far), 12.5, colour=INK_3)
    drawn.text(place(0), 60, same, 12.5, "middle")
    drawn.text(width - 20, 60, more.replace("{}", far), 12.5, "end", INK_3)
    return drawn.done(width, 66, label.replace("-", MINUS))


def classes(edges: Sequence[tuple[str, float]], most: float, bar: Bar | None, label: str, width: float = 560) -> str:
    """The classes of a rating side by side, each from its edge on; the points with their interval where there are
    some."""
    drawn = Drawing()

    def place(points: float) -> float:
        return 20 + (width - 40) * points / most

    found = sorted(edges, key=lambda edge: edge[1])
    for at, (name, edge) in enumerate(found):
        end = found[at + 1][1] if at + 1 < len(found) else most
        drawn.box(place(edge), 20, place(end) - place(edge), 26, WHITE, 0, f' stroke="{EDGE}"')
        drawn.text((place(edge) + place(end)) / 2, 38, name, 12.5, "middle", INK_2)
        drawn.text(place(edge), 62, number(edge), 12.5, "middle", INK_3)
    drawn.text(place(most), 62, number(most), 12.5, "middle", INK_3)
    if bar is not None:
        drawn.box(place(bar.low), 8, place(bar.high) - place(bar.low), 8)
        drawn.box(place(bar.value) - 2, 3, 4, 18, RIVER, 2)
    return drawn.done(width, 68, label)


def _wrapped(text: str, fits: int) -> list[str]:
    """As few lines of at most `fits` letters as there can be, about alike in length."""
    lines = _cut(text, fits)
    while fits > 1 and len(closer := _cut(text, fits - 1)) == len(lines):
        lines, fits = closer, fits - 1
    return lines


def _cut(text: str, fits: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > fits:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
