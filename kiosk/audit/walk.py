"""One walk: every stop of the tour on one size of glass, in one language and look, and what was seen there."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from kivy.graphics import Rectangle
from PIL import Image

from kiosk.audit import pixels
from kiosk.audit.live import Live
from kiosk.audit.rows import Frame, Place
from kiosk.audit.seen import Probe, Seen, SeenPicture, SeenText, Target
from kiosk.audit.tour import Stop, tour
from kiosk.screens.attract import WholeScreenKey
from kiosk.screens.driver import NothingHappened
from kiosk.screens.pieces import BarKey, Key, Picture, SideKey, Text, Tile

NEAR_MM = 8.0
"""Targets that stand nearer than this are measured against each other."""
EDGE_MM = 0.7
"""So deep into a picture its edge is looked for: the outline of the pictograms."""
EDGE_PART = 0.1
"""The part of an edge that may be fainter: where two lines end, where a ray leaves the sun."""
MARGIN = 3


class Walk:
    """What the measures are given: all that was seen, and the live application to touch."""

    def __init__(self, live: Live, place: Place) -> None:
        self.live, self.place = live, place
        self.form = live.look.name if live.look.name == "low" else str(live.app.theme.form)
        self.settings, self.words = live.settings, live.words
        self.seen: list[Seen] = []
        self.missed: list[tuple[Stop, str]] = []
        """Stops that could not be reached, and why."""
        self.pictures: dict[str, bytes] = {}
        self.probes: list[Probe] = []
        self.watched: list[tuple[Seen, list[tuple[float, Image.Image]]]] = []
        """Screens watched while nobody touched them, and their frames."""

    @property
    def theme(self) -> Any:
        """Sizes and places of the screen that stands."""
        return self.live.app.theme

    @property
    def language(self) -> str:
        """The language that is walked in."""
        return self.place.language

    def mm(self, px: float) -> float:
        """Pixels → millimetres on this glass."""
        return px / float(self.theme.px_per_mm)

    def stops(self) -> list[Stop]:
        """The whole tour on this glass."""
        return list(tour(self.settings, self.language, self.theme.sizes.choices))

    def go(self, only: Callable[[Stop], bool] = lambda stop: True, *, draw: bool = True, keep: bool = True) -> None:
        """Go to all stops, or `only` some. `draw`: measure pixels; `keep` the pictures for the report."""
        for stop in self.stops():
            if only(stop):
                self.visit(stop, draw=draw, keep=keep)

    def visit(self, stop: Stop, *, draw: bool = True, keep: bool = True) -> None:
        """Go to one stop and take down what is there."""
        # A stop where something breaks is meant to: its traceback is not news
        logging.disable(logging.ERROR)
        try:
            self.live.go(stop)
        except NothingHappened as missed:
            self.missed.append((stop, str(missed)))
            return
        finally:
            logging.disable(logging.NOTSET)
        seen = self._look(stop, draw=draw and stop.drawn, keep=keep)
        if not seen.warned and seen.target("listen"):
            self.live.desk.said.clear()
            self.live.touch("listen")
            seen.again = tuple(prompt for _, prompt in self.live.desk.said)
        self.seen.append(seen)
        self.live.goes_on(stop)

    # ---- looking -----------------------------------------------------------------------------------

    def _look(self, stop: Stop, *, draw: bool, keep: bool) -> Seen:
        live = self.live
        said = tuple(dict.fromkeys(prompt for _, prompt in live.desk.said))
        seen = Seen(stop, live.app.visit.view, said, live.app.visit.warning)
        seen.read = {*dict(live.app.visit.view.readings), *dict(live.app.visit.reach.readings()), "loudness"}
        seen.lit = next((key.target for key in self.visible(Key) if key.lit and not isinstance(key, BarKey)), "")
        keys = [widget for widget in self.visible(Key) if widget.usable and widget.target]
        seen.targets = [self._target(key) for key in keys]
        seen.gaps = list(self._gaps(keys))
        texts = [widget for widget in self.visible(Text) if widget.words]
        pictures = [widget for widget in self.visible(Picture) if widget.name and widget.texture]
        if not draw:
            seen.texts = [self._text(text, None, None) for text in texts]
            seen.pictures = [SeenPicture(one.name, self.frame(one)) for one in pictures]
            return seen
        full = live.picture()
        wordless, bare = live.without(Text), live.without(Picture)
        seen.texts = [self._text(text, full, wordless) for text in texts]
        seen.pictures = [self._picture(one, full, bare) for one in pictures]
        for key in self.visible(BarKey):
            if not key.lit and not key.pressed and key.mark == "normal":
                crop = full.crop(_whole(self.frame(key)))
                seen.bar[key.target] = hashlib.sha256(crop.tobytes()).hexdigest()
        if keep:
            self.pictures[stop.name] = jpeg(full)
        return seen

    def visible(self, kind: type) -> list[Any]:
        """All widgets of a kind that are on the glass and not transparent, in the order they are drawn."""
        found: list[Any] = []

        def down(widget: Any) -> None:
            if not widget.opacity:
                return
            if isinstance(widget, kind):
                found.append(widget)
            for child in reversed(widget.children):
                down(child)

        app = self.live.app
        # Behind the veil of "are you still there?" nothing is offered
        for part in (*_shown(app._questions.values()), app.bar) if app.visit.warning else (app.glass,):
            down(part)
        over = app.loudness
        if over.parent is None:
            return found
        return [widget for widget in found if not over.collide_widget(widget) or over in _above(widget)]

    def frame(self, widget: Any) -> Frame:
        """A widget's place from the top left."""
        return self.turned((widget.x, widget.y, widget.right, widget.top))

    def turned(self, box: Frame) -> Frame:
        """Kivy's left, bottom, right, top → left, top, right, bottom from the top left."""
        left, bottom, right, top = box
        height = self.theme.height
        return (left, height - top, right, height - bottom)

    def hit(self, key: Key) -> Frame:
        """The box in which a key takes touches, found by asking it, in Kivy's coordinates."""
        x, y = key.center
        reach = max(self.theme.width, self.theme.height)

        def far(dx: int, dy: int) -> int:
            inside, outside = 0, reach
            while outside - inside > 1:
                middle = (inside + outside) // 2
                if key.collide_point(x + dx * middle, y + dy * middle):
                    inside = middle
                else:
                    outside = middle
            return inside

        return (x - far(-1, 0), y - far(0, -1), x + far(1, 0), y + far(0, 1))

    def _target(self, key: Key) -> Target:
        whole = isinstance(key, WholeScreenKey)
        return Target(
            name=key.target, kind=type(key).__name__, frame=self.frame(key),
            hit=self.frame(key) if whole else self.turned(self.hit(key)),
            tile=isinstance(key, Tile) and not key.toggles, bar=isinstance(key, BarKey) or key.target == "loudness",
            beside=isinstance(key, SideKey), whole=whole, mark=key.mark,
            picture=getattr(key, "pictogram", ""), label=getattr(key, "name", ""),
        )  # fmt: skip

    def _gaps(self, keys: list[Key]) -> Iterator[tuple[str, str, float, Frame]]:
        """Pairs of targets that stand near. Where one of them is no box, the way out of the other is walked."""
        near = self.theme.mm(NEAR_MM)
        boxed = [key for key in keys if not isinstance(key, WholeScreenKey) and key.target != "loudness"]
        boxes = {key: self.hit(key) for key in boxed}
        for index, (key, box) in enumerate(boxes.items()):
            for other, another in list(boxes.items())[index + 1 :]:
                wide = max(box[0], another[0]) - min(box[2], another[2])
                high = max(box[1], another[1]) - min(box[3], another[3])
                distance = max(wide, high) if min(wide, high) <= 0 else (wide**2 + high**2) ** 0.5
                if distance < near:
                    yield key.target, other.target, distance, self.turned(another)
            for whole in keys:
                if isinstance(whole, WholeScreenKey):
                    yield whole.target, key.target, _way_out(box, whole.collide_point, near), self.turned(box)
        over = self.live.app.loudness
        if over.parent is not None:  # it lies over other keys, and takes the touches around it
            own, all_keys = over.ids.key, [key for key in self.live.app.glass.walk() if isinstance(key, Key)]
            for key in all_keys:
                if key is not own and key.usable:
                    way = _way_out(self.hit(own), _beside(key, over), near)
                    yield own.target, key.target, way, self.frame(own)

    def _text(self, text: Text, full: Image.Image | None, bare: Image.Image | None) -> SeenText:
        contrast, covers = None, None
        if full is not None and bare is not None:
            crop = _whole(self._drawn(text), 2, full.size)
            ink = pixels.text_ink(full.crop(crop), bare.crop(crop))
            contrast = ink.contrast
            if ink.covers:
                left, top, right, bottom = ink.covers
                covers = (crop[0] + left, crop[1] + top, crop[0] + right, crop[1] + bottom)
        return SeenText(
            text.words, self.frame(text), float(text.font_size), text.font_name, bool(text.fits), bool(text.digits),
            contrast, covers,
        )  # fmt: skip

    def _drawn(self, widget: Any) -> Frame:
        """Where a widget's texture lies: words may be wider than their box."""
        width, height = widget.texture.size if widget.texture else widget.size
        x, y = widget.center_x - width / 2, widget.center_y - height / 2
        return self.turned(
            (min(x, widget.x), min(y, widget.y), max(x + width, widget.right), max(y + height, widget.top))
        )

    def _picture(self, picture: Picture, full: Image.Image, bare: Image.Image) -> SeenPicture:
        shape = next((one for one in picture.canvas.children if type(one) is Rectangle), None)
        place = shape.pos if shape else picture.pos
        width, height = picture.texture.size
        frame = self.turned((place[0], place[1], place[0] + width, place[1] + height))
        crop = _whole(frame, MARGIN, full.size)
        edge = edge_of(full.crop(crop), bare.crop(crop), max(2, self.theme.mm(EDGE_MM)))
        return SeenPicture(picture.name, frame, edge)


def _shown(widgets: Iterable[Any]) -> list[Any]:
    return [widget for widget in widgets if widget.parent is not None]


def _beside(key: Key, over: Any) -> Callable[[float, float], bool]:
    """Where a key takes touches that nothing over it takes first."""
    return lambda x, y: key.collide_point(x, y) and not over.collide_point(x, y)


def _above(widget: Any) -> Iterator[Any]:
    """A widget and all that hold it."""
    while widget is not None and widget.parent is not widget:
        yield widget
        widget = widget.parent


def _way_out(box: Frame, takes: Callable[[float, float], bool], near: int) -> float:
    """How far a finger may slip off a box, straight out of it, before another target `takes` the touch instead."""
    left, bottom, right, top = box
    steps = [at / 4 for at in range(1, 4)]
    for distance in range(near):
        for part in steps:
            x, y = left + (right - left) * part, bottom + (top - bottom) * part
            for point in ((x, top + distance), (x, bottom - distance), (left - distance, y), (right + distance, y)):
                if takes(*point):
                    return float(distance)
    return float(near)


def _whole(frame: Frame, margin: int = 0, size: tuple[int, int] | None = None) -> tuple[int, int, int, int]:
    """A frame in whole pixels, `margin` wider, kept on a glass of this `size`."""
    left, top, right, bottom = (round(value) for value in frame)
    box = (left - margin, top - margin, right + margin, bottom + margin)
    if size is None:
        return box
    return (max(0, box[0]), max(0, box[1]), min(size[0], box[2]), min(size[1], box[3]))


def jpeg(image: Image.Image) -> bytes:
    """A picture at half its size, for the report."""
    data = io.BytesIO()
    image.reduce(2).save(data, "JPEG", quality=80)
    return data.getvalue()


def edge_of(full: Image.Image, bare: Image.Image, depth: int) -> float | None:
    """The edge of a picture on its ground; the same picture on the same ground is looked at once."""
    return _edge(full.tobytes(), bare.tobytes(), full.size, depth)


@lru_cache(maxsize=512)
def _edge(full: bytes, bare: bytes, size: tuple[int, int], depth: int) -> float | None:
    one, other = (Image.frombytes("RGB", size, data) for data in (full, bare))
    return pixels.edge_contrast(one, other, depth, EDGE_PART, MARGIN)
