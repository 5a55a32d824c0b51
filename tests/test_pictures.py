"""The pictograms are one set: one palette, one weight, one margin; and each is another picture."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageStat

from kiosk.pictures import Pictures
from kiosk.settings import load, places
from kiosk.sheets import PAPER, contact_sheets, deuteranope, grey, seen_by

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "assets" / "pictograms"
NAMES = sorted(path.stem for path in FOLDER.glob("*.svg"))
INK = "#1E2A32"
PALETTE = {
    INK, PAPER, "#0A4F94", "#F6B81A", "#C23B12", "#59BFA6", "#E8B48C", "#C98F66", "#FFFFFF", "#DCE3E6",
}  # fmt: skip
"""Ink, paper, river, rice, brick, mint, skin, shade, white, grey (the style's ten)."""
SQUARE = "0 0 256 256"
PLACED = {"in-hand", "hand-points", "hand-tap", "seated-grey"}
"""They keep the place of what they are shown with: a held paper, the fingertip, the person in colour."""
POSES = {"officer-smile", "officer-talk-1", "officer-talk-2"}
"""One figure in motion: meant to differ by the mouth alone."""
FACES = [f"face-{degree}" for degree in range(1, 6)]
LARGE = {"crowded"}
"""Twelve people."""


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return Pictures(FOLDER)


def drawing(name: str) -> ElementTree.Element:
    return ElementTree.parse(FOLDER / f"{name}.svg").getroot()


def square(name: str) -> bool:
    """Whether it is a picture by itself, not a lobby scene or the woven band."""
    return drawing(name).get("viewBox") == SQUARE


SQUARES = [name for name in NAMES if square(name)]


def strokes(
    element: ElementTree.Element, colour: str, width: float, kind: str = ""
) -> Iterator[tuple[str, float, str]]:
    """(colour, width, class of the group) of every line, as it is inherited."""
    colour = element.get("stroke", colour).upper()
    width = float(element.get("stroke-width", width))
    kind = element.get("class", kind)
    if len(element) == 0 and colour != "NONE" and element.tag.rpartition("}")[2] not in ("title", "g"):
        yield colour, width, kind
    for child in element:
        yield from strokes(child, colour, width, kind)


def alpha_box(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.getchannel("A").point(lambda value: 255 if value > 127 else 0).getbbox()
    assert box is not None
    return box


def dark_share(image: Image.Image) -> float:
    """How much of the square is ink, in per cent."""
    ground = Image.new("RGB", image.size, "#FFFFFF")
    ground.paste(image, (0, 0), image)
    dark = ground.convert("L").point(lambda value: 255 if value < 100 else 0)
    return ImageStat.Stat(dark).mean[0] / 2.55


@pytest.mark.parametrize("name", NAMES)
def test_it_is_drawn_with_the_ten_colours_and_nothing_else(name: str) -> None:
    root = drawing(name)
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{3,8}\b", text)} <= PALETTE
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "g", "path", "circle", "rect", "ellipse"}
    assert "opacity" not in text and "transform" not in text


@pytest.mark.parametrize("name", SQUARES)
def test_its_lines_can_be_seen_at_20_mm(name: str) -> None:
    """5 of 256 are 1.6 px at 80 px. 4 is trim: the ring of a seal, a woven hem, a code that is not to be read."""
    root = drawing(name)
    for colour, width, kind in strokes(root, "none", 1.0):
        assert width >= (5 if colour == INK and kind != "qr" else 4), (name, colour, width, kind)
    assert float(root.get("stroke-width", "0")) == 8


@pytest.mark.parametrize("name", SQUARES)
def test_it_is_small_enough_to_be_read_and_mended_by_a_person(name: str) -> None:
    assert (FOLDER / f"{name}.svg").stat().st_size < (11_000 if name in LARGE else 4096)


@pytest.mark.parametrize("name", [name for name in SQUARES if name not in PLACED])
def test_it_fills_its_square_and_keeps_the_margin(pictures: Pictures, name: str) -> None:
    left, top, right, bottom = alpha_box(pictures.image(name, 512))
    assert min(left, top) >= 2 * 7.5 and max(right, bottom) <= 2 * 248.5, (left / 2, top / 2, right / 2, bottom / 2)
    assert abs(left + right - 512) <= 16 and abs(top + bottom - 512) <= 16, "not centred"
    assert max(right - left, bottom - top) >= 2 * 190, "too small"


def test_the_five_faces_weigh_the_same(pictures: Pictures) -> None:
    """None calls louder than the others (style: 16–18 % ink, the same box)."""
    images = [pictures.image(name, 512) for name in FACES]
    shares = [dark_share(image) for image in images]
    assert len({alpha_box(image) for image in images}) == 1
    assert all(16 <= share <= 18 for share in shares), shares
    assert max(shares) - min(shares) <= 0.6, shares


def looks(pictures: Pictures, name: str) -> Image.Image:
    """How it looks from afar, without colour."""
    image = pictures.image(name, 40)
    ground = Image.new("RGB", image.size, PAPER)
    ground.paste(image, (0, 0), image)
    return ground.convert("L")


def nearest(images: dict[str, Image.Image]) -> list[tuple[float, str, str]]:
    """Pairs of pictures by how much they differ, 0…255."""
    return sorted(
        (ImageStat.Stat(ImageChops.difference(images[one], images[other])).mean[0], one, other)
        for one, other in combinations(images, 2)
    )


def test_no_two_pictures_are_nearly_the_same(pictures: Pictures) -> None:
    images = {name: looks(pictures, name) for name in SQUARES}
    alike = [pair for pair in nearest(images) if pair[0] < 3 and not {pair[1], pair[2]} <= POSES]
    assert not alike


def test_a_copy_under_another_name_is_found(pictures: Pictures) -> None:
    """The check can fail."""
    images = {"wait": looks(pictures, "wait"), "rest": looks(pictures, "wait")}
    assert nearest(images)[0][0] < 3


RULE = re.compile(r"\b(name|pictogram|picture|face): (?!app\.text)|(pictogram|picture|face|SCENES) = ")
"""Lines of a screen (.kv and .py) that name pictures and nothing else."""
CALL = re.compile(r'(?:Picture\(name=|Fact\(|\.svg\()"([a-z][A-Za-z0-9-]*)"')
NAME = re.compile(r'"([a-z][A-Za-z0-9-]*)\+?"')


def drawn() -> set[str]:
    """Every picture that screens, slips, cards and settings name."""
    named: set[str] = set()
    for path in (ROOT / "kiosk").rglob("*.[kp][vy]"):
        text = path.read_text(encoding="utf-8")
        named |= set(CALL.findall(text))
        if path.parent.name == "screens":
            named |= {name for line in text.splitlines() if RULE.search(line) for name in NAME.findall(line)}
    named |= {part for _, _, name in load(places()).pictograms() for part in name.split("+")}
    return named | {f"language-{code}" for code in ("vi", "en", "hre", "bdq")} | set(FACES)


def test_every_picture_that_is_named_exists() -> None:
    named = drawn()
    assert len(named) > 50
    assert named <= set(NAMES), named - set(NAMES)


def described() -> dict[str, tuple[str, str]]:
    """Name → meaning, and what it must not be taken for (docs/pictograms.md)."""
    text = (ROOT / "docs" / "pictograms.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Za-z0-9-]+) \| (.*?) \|(.*?)\|$", text, re.MULTILINE)
    return {name: (meaning.strip(), apart.strip(" –")) for name, meaning, apart in rows if name != "Name"}


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_means_and_what_it_must_not_be_taken_for(name: str) -> None:
    meaning, apart = described()[name]
    assert meaning and apart
    title = drawing(name).find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text == meaning


def test_contact_sheets_show_every_picture_at_both_sizes_and_through_other_eyes(tmp_path: Path) -> None:
    some = tmp_path / "some"
    some.mkdir()
    for name in ("yes", "no", "wait"):
        shutil.copy(FOLDER / f"{name}.svg", some)
    files = contact_sheets(Pictures(some), tmp_path / "out")
    assert [path.name for path in files] == [
        f"pictograms-{side}{eyes}.png" for side in (80, 320) for eyes in ("", "-deuteranope", "-grey")
    ]
    plain, deuteran, without = (Image.open(path) for path in files[3:])
    assert plain.size == deuteran.size == without.size
    assert plain.width >= 3 * 320
    red, green = "#C23B12", "#59BFA6"
    assert all(any(near(colour, wanted) for _, colour in colours(plain)) for wanted in (red, green))
    assert not any(near(colour, red) for _, colour in colours(deuteran))
    assert all(max(colour) - min(colour) <= 2 for _, colour in colours(without))


def test_a_deuteranope_sees_red_and_green_alike_and_blue_apart() -> None:
    """Hues turn to yellow and blue; white, black and grey stay as they are."""
    image = Image.new("RGB", (4, 1))
    for x, colour in enumerate(((200, 60, 60), (60, 145, 60), (60, 60, 200), (255, 255, 255))):
        image.putpixel((x, 0), colour)
    seen = seen_by(image, deuteranope)
    red, green, blue, white = (pixel(seen, x) for x in range(4))
    assert abs(red[0] - red[1]) < 40 and abs(green[0] - green[1]) < 40  # no red and no green any more
    assert blue[2] - blue[0] > 80
    assert min(white) >= 253
    assert seen_by(image, grey).getpixel((3, 0)) == (255, 255, 255)


def pixel(image: Image.Image, x: int) -> tuple[int, ...]:
    found = image.getpixel((x, 0))
    assert isinstance(found, tuple)
    return found


def colours(image: Image.Image) -> list[tuple[int, tuple[int, int, int]]]:
    found = image.convert("RGB").getcolors(1 << 24)
    assert found is not None
    return [(count, colour) for count, colour in found if count > 20 and isinstance(colour, tuple)]  # type: ignore[misc]


def near(colour: tuple[int, ...], wanted: str) -> bool:
    parts = [int(wanted[at : at + 2], 16) for at in (1, 3, 5)]
    return all(abs(one - other) <= 2 for one, other in zip(colour, parts, strict=True))


@pytest.mark.parametrize("name", ["clock", "lunch"])
def test_the_hands_show_the_hour_that_is_meant(pictures: Pictures, name: str) -> None:
    """Hour and minute hand, from where they turn: half past one, and three o'clock sharp."""
    hands = re.compile(r'class="hands"[^>]*>\s*<path d="M(.*?) (.*?)L(.*?) (.*?)M.*?L(.*?) (.*?)"')

    def angles(hour: str) -> list[int]:
        found = hands.search(pictures.svg(f"{name}@{hour}"))
        assert found
        x, y, *ends = map(float, found.groups())
        pairs = zip(ends[::2], ends[1::2], strict=True)
        return [round(math.degrees(math.atan2(right - x, y - down)) % 360) for right, down in pairs]

    assert angles("13:30") == [45, 180]
    assert angles("3:00") == [90, 0]
    pictures.check(f"{name}@13:30")
    assert looks(pictures, f"{name}@13:30") != looks(pictures, f"{name}@3:00")
