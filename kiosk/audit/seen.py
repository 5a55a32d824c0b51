"""What was seen at one stop, as plain data: the measures know no Kivy."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.audit.rows import Frame
from kiosk.audit.tour import Stop
from kiosk.screens.views import View
from kiosk.words import Prompt


@dataclass(frozen=True)
class Target:
    """Something that takes touches. `hit` is the box that does; `whole` = everywhere but around other targets."""

    name: str
    kind: str
    frame: Frame
    hit: Frame
    tile: bool
    bar: bool
    beside: bool
    """A key beside the screen's own business: not one of its choices."""
    whole: bool
    mark: str
    picture: str
    label: str


@dataclass(frozen=True)
class SeenText:
    """Words on the glass. `contrast`, `covers` (px from the glass's top left): None where no pixels were taken."""

    words: str
    frame: Frame
    em_px: float
    font: str
    fits: bool
    digits: bool
    contrast: float | None = None
    covers: Frame | None = None


@dataclass(frozen=True)
class SeenPicture:
    """A pictogram on the glass; `edge`: its contrast against the ground, None where no pixels were taken."""

    name: str
    frame: Frame
    edge: float | None = None


@dataclass
class Seen:
    """One stop: what stood there, what was said on the way in."""

    stop: Stop
    view: View
    prompts: tuple[Prompt, ...]
    warned: bool
    read: set[str] = field(default_factory=set)
    """The targets that are read out here, each while it is lit."""
    lit: str = ""
    """The target that is lit in step with the speech."""
    targets: list[Target] = field(default_factory=list)
    gaps: list[tuple[str, str, float, Frame]] = field(default_factory=list)
    """Pairs of targets that stand near, their distance in px, and the second one's frame."""
    texts: list[SeenText] = field(default_factory=list)
    pictures: list[SeenPicture] = field(default_factory=list)
    again: tuple[Prompt, ...] = ()
    """What "listen again" said here."""
    bar: dict[str, str] = field(default_factory=dict)
    """What a bar's key looks like, as a name of its pixels; only where it is drawn in its plain state."""

    @property
    def name(self) -> str:
        return self.stop.name

    def target(self, name: str) -> Target | None:
        """The target of this name, if it is there."""
        return next((target for target in self.targets if target.name == name), None)


@dataclass(frozen=True)
class Probe:
    """What a target did when it was touched in every wrong and right way."""

    scene: str
    target: Target
    wrong: tuple[str, ...]
    """What it did that it should not have, or did not do that it should have."""
    hushed: bool
    """The finger's touch silenced the speech in the same round of the loop."""
    frames: int
    """Frames from the finger on the glass until the target looked another."""
    clicks: int
    """Sounds of the tap in the round of the release."""
    speech: int
    """Sentences that the touch led to."""
    pressed_mm2: float
    """How much of it differs by 3:1 while pressed, for eyes that see no green."""
