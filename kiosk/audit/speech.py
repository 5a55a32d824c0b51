"""Rows of what is said, and whether it is shown as well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kiosk.audit.rows import Measure, Reading, Row
from kiosk.audit.seen import Seen
from kiosk.audit.tour import OPEN
from kiosk.audit.walk import Walk
from kiosk.screens.rehearsal import rehearse
from kiosk.screens.storyboard import Storyboard
from kiosk.voice.spelling import Spelling
from kiosk.words import Prompt, WordsError

ENGINE_RATE = 175
"""espeak-ng's own words a minute."""
SLOW, FAST = 80.0, 90.0
MOST_WORDS, MOST_SENTENCES = 16, 2
"""A sentence, and what to touch [J]. Vietnamese is written a syllable a word: 16 take five seconds at our rate."""
OWN_SENTENCE = ("attract", "closed")
"""Screens whose own sentence names what can be touched; "listen again" says it."""
GIVEN = ("number", "count", "day", "time", "nights")
"""Values that only the moment gives: a clip with one of these is made when it is known."""
BY_PICTURE = {
    "exit-touch-or-join": "wifi-join",
    "exit-touch-or-scan": "phone-scans-QR",
    "exit-scan": "phone-scans-QR",
}
"""Messages that a picture on the glass tells where there is no room for their words."""


def coverage(walk: Walk) -> Iterator[Reading]:
    """Every screen speaks, on arrival or at "listen again"; every tile has a sentence of its own."""
    for seen in walk.seen:
        speaks = bool(seen.prompts or seen.again)
        yield Reading(0 if speaks else 1, speaks, f"the screen {seen.view.screen}", seen.name)
        for target in seen.targets:
            if target.tile:
                heard = target.name in seen.read
                yield Reading(0 if heard else 1, heard, target.name, seen.name, target.frame)


def spoken_targets(walk: Walk) -> Iterator[Reading]:
    """Each target of a screen's own business is read out while it is lit. The first screen says its two in one
    sentence; a bar's key is told by what it leads to."""
    for seen in walk.seen:
        for target in seen.targets:
            if not (target.bar or target.whole or seen.view.screen in OWN_SENTENCE):
                heard = target.name in seen.read
                yield Reading(0 if heard else 1, heard, target.name, seen.name, target.frame)


def prepared(walk: Walk) -> Iterator[Reading]:
    """Everything said was in the rehearsal: its clip is made before anybody comes."""
    # As wiring does it: no glass shows fewer tiles than four
    board = Storyboard(walk.settings, walk.words, walk.live.clock, choices_per_page=4)
    made = set(rehearse(walk.settings, walk.words, board, OPEN.opening))
    for seen in walk.seen:
        for prompt in (*seen.prompts, *seen.again):
            ready = prompt in made or any(f"{name}=" in prompt.key for name in GIVEN)
            yield Reading(0 if ready else 1, ready, f"{prompt.key}: {prompt.text}", seen.name)


def listen_again(walk: Walk) -> Iterator[Reading]:
    """ "Listen again" stands on every screen and says again what the screen says."""
    for seen in walk.seen:
        if not seen.warned:
            there = seen.target("listen") is not None and bool(seen.again)
            whole = set(seen.view.prompts) <= set(seen.again)
            frame = seen.target("listen").frame if there else None  # type: ignore[union-attr]
            yield Reading(0 if there and whole else 1, there and whole, "listen", seen.name, frame)


def rate(walk: Walk) -> Iterator[Reading]:
    """The office's rate against the engine's own."""
    part = 100 * walk.settings.voice.rate / ENGINE_RATE
    yield Reading(part, SLOW <= part <= FAST, f"voice.rate = {walk.settings.voice.rate} of {ENGINE_RATE}")


def sentences(walk: Walk) -> Iterator[Reading]:
    """How many sentences a screen says by itself, each once; a ticket's parts are prompts with pauses between."""
    for seen in walk.seen:
        for prompt in seen.prompts:
            count = len(_sentences(prompt))
            yield Reading(count, count <= MOST_SENTENCES, f"{prompt.key}: {prompt.text}", seen.name)


def short_sentences(walk: Walk) -> Iterator[Reading]:
    """The words of each sentence said."""
    for seen in walk.seen:
        for prompt in (*seen.prompts, *seen.again):
            for sentence in _sentences(prompt):
                words = len(sentence.split())
                yield Reading(words, words <= MOST_WORDS, f"{prompt.key}: {sentence}", seen.name)


def digits_singly(walk: Walk) -> Iterator[Reading]:
    """The digits of a number are told one by one."""
    spellings: dict[str, Spelling] = {}
    for seen in walk.seen:
        for prompt in seen.prompts:
            for code in re.findall(r"\b[A-Z]\d{3}\b", prompt.text):
                if prompt.language not in spellings:
                    folder = walk.settings.places.assets / "voice" / prompt.language
                    spellings[prompt.language] = Spelling(folder / "spelling.toml")
                spelling = spellings[prompt.language]
                told = f"{spelling.digits(code)}" in spelling.spell(prompt.text)
                yield Reading(0 if told else 1, told, f"{code}: {spelling.spell(prompt.text)}", seen.name)


def shown_too(walk: Walk) -> Iterator[Reading]:
    """What is said stands on the glass: the message's words, or each of its values."""
    for seen in walk.seen:
        if seen.name.endswith("-loudness"):
            continue  # for some seconds its key lies over words that stood there
        glass = " ".join(_plain(text.words) for text in seen.texts)
        for prompt in seen.prompts[-1:] if seen.warned else seen.view.prompts:
            shown = _shown(walk, seen, prompt, glass)
            yield Reading(0 if shown else 1, shown, f"{prompt.key}: {prompt.text}", seen.name)


def _shown(walk: Walk, seen: Seen, prompt: Prompt, glass: str) -> bool:
    key, _, tail = prompt.key.partition("?")
    values = dict(part.partition("=")[::2] for part in tail.split("&")) if tail else {}
    if any(one.name == BY_PICTURE.get(key) for one in seen.pictures):
        return True
    try:
        words = _plain(walk.words.shown(key, prompt.language, **values))
    except (
        WordsError
    ):  # the survey's own question, or values that its name does not carry: some sentence stands there
        return any(_plain(sentence) in glass for sentence in _sentences(prompt))
    if "day" in values:  # a leaf of the calendar names its month
        day, _, month = values["day"].partition("/")
        named = _plain(walk.words.shown("month", prompt.language, month=int(month)))
        values["day"] = day if named in glass else values["day"]
    return words in glass or (bool(values) and all(_stands(value, glass) for value in values.values()))


def _stands(value: str, glass: str) -> bool:
    """A value stands on the glass, a day in its parts, a code with its letter apart."""
    plain = _plain(value)
    parts = re.split(r"[/:]", plain) if re.fullmatch(r"[\d/:]+", plain) else [plain]
    if re.fullmatch(r"[a-z]\d{3}", plain):
        parts = [plain[0], plain[1:]]
    words = glass.split()
    return plain in glass or all(part in words or any(part in word for word in words) for part in parts)


def _sentences(prompt: Prompt) -> list[str]:
    return [part.strip() for part in re.split(r"[.?!]+(?:\s|$)", prompt.text) if part.strip()]


def _plain(words: str) -> str:
    return re.sub(r"[^\w\s/:]", "", " ".join(words.split())).lower()


MEASURES = (
    Measure(Row("8", "Every screen and tile has its words spoken", "all", "silent", "most"), coverage),
    Measure(
        Row("8 targets", "Every target of the screen's own is read out", "all", "silent", "most"), spoken_targets
    ),
    Measure(Row("8 ready", "Its clip is among those made before anybody comes", "all", "late", "most"), prepared),
    Measure(Row("9 again", "Listen-again on every screen", "all", "missing", "most"), listen_again),
    Measure(Row("13", "Speech rate", "80–90 % of the voice's own", "%", "most"), rate),
    Measure(Row("13 sentences", "One sentence and what to touch", "≤ 2 a prompt", "", "most"), sentences),
    Measure(Row("13 short", "Sentences are short", "≤ 16 words", "words", "most"), short_sentences),
    Measure(Row("13 digits", "Digits singly", "all", "together", "most"), digits_singly),
    Measure(Row("14", "All that is spoken is shown", "all", "not shown", "most"), shown_too),
)
