"""Packs: nothing before consent, recorded before rendered, Vietnamese for what is missing, numbers without gaps."""

from __future__ import annotations

import shutil
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.voice import packs, recording, sound
from kiosk.voice.clips import ClipStore
from kiosk.voice.packs import PackError, Recordings, read_pack, read_script, write_text
from kiosk.voice.render import Renderer
from kiosk.voice.spelling import Spelling
from kiosk.words import Prompt
from tests.voice.conftest import ASSETS
from tests.voice.speakers import agreed, speech

NUMBER = Prompt("ticket-number?number=A012", "hre", "Số của ông bà là: A012.")
PIECES = ("ticket-number", "letter-A", "digit-0", "digit-1", "digit-2")
LONGEST_GAP = 0.15
"""Seconds of silence inside a number (the task's threshold)."""
CLICK = 700
"""Two neighbouring samples that differ by more make a click where it should be quiet (2 % of full scale)."""


def record(folder: Path, *keys: str) -> None:
    """Different words for each key: tests tell them apart by their sound."""
    for key in keys:
        words = key.replace("-", " ")
        sound.write_wav(folder / f"{key}.wav", recording.fit(key, speech(words), sound.TARGET_DB))


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice folder with one recorded number in hre."""
    folder = tmp_path_factory.mktemp("voice")
    shutil.copy(ASSETS / "script.toml", folder)
    agreed(folder / "hre")
    record(folder / "hre", *PIECES)
    return folder


@pytest.fixture
def voice(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "voice"))


@pytest.fixture
def store(voice: Path, tmp_path: Path, renderer: Renderer, spellings: dict[str, Spelling]) -> ClipStore:
    return ClipStore(voice, tmp_path / "cache", renderer, spellings)


def samples_of(store: ClipStore, prompt: Prompt) -> array[int]:
    clip = store.fetch(prompt)
    assert clip
    return sound.read_wav(clip.path)


def gaps(samples: array[int]) -> list[float]:
    """Seconds of each silence (below -46 dBFS) inside."""
    found, run = [], 0
    for sample in samples:
        if abs(sample) > sound.FULL * 10 ** (-46 / 20):
            found.append(run / sound.RATE)
            run = 0
        else:
            run += 1
    return found[1:]


def places(whole: array[int], pieces: list[array[int]]) -> list[int]:
    """Where each piece but the first begins in the whole."""
    at, found = 0, []
    for piece in pieces[:-1]:
        at += len(piece) + round(sound.JOIN_GAP * sound.RATE)
        found.append(at)
    assert at + len(pieces[-1]) == len(whole)
    return found


def test_a_number_is_joined_from_its_clips_without_gaps_or_clicks(store: ClipStore, voice: Path) -> None:
    whole = samples_of(store, NUMBER)
    pieces = [sound.level(sound.trim(sound.read_wav(voice / "hre" / f"{key}.wav"))) for key in PIECES]
    assert store.recorded(NUMBER) == "hre"
    assert sound.loudness(whole) == pytest.approx(sound.TARGET_DB, abs=1.0)
    assert max(gaps(whole)) <= LONGEST_GAP
    for at in places(whole, pieces):
        around = whole[at - 1300 : at + 100]  # the tail, the gap and the first 4 ms
        assert max(abs(b - a) for a, b in pairwise(around)) < CLICK
        assert whole[at - 1] == whole[at] == 0


def test_gaps_and_clicks_are_found(store: ClipStore) -> None:
    """The measures can fail."""
    whole = samples_of(store, NUMBER)
    assert max(gaps(whole[:9000] + sound.silence(0.16) + whole[9000:])) > LONGEST_GAP
    loud = sound.tone(300, 0.3, 0.1, -6)
    cut = loud[2000:4019] + sound.silence(0.04) + loud[2019:]
    assert max(abs(b - a) for a, b in pairwise(cut)) >= CLICK


def test_nothing_is_played_before_consent_and_nothing_after_it_is_taken_back(store: ClipStore, voice: Path) -> None:
    rendered = ClipStore(ASSETS, store._cache, store._renderer, store._spellings)
    write_text(voice / "hre", "consent", "")
    assert store.recorded(NUMBER) == ""
    assert samples_of(store, NUMBER) == samples_of(rendered, Prompt(NUMBER.key, "vi", NUMBER.text))
    write_text(voice / "hre", "consent", "spoken")
    assert store.recorded(NUMBER) == "hre"
    write_text(voice / "hre", "consent", "")
    assert store.recorded(NUMBER) == ""


def test_what_is_missing_is_said_in_vietnamese_recorded_before_rendered(store: ClipStore, voice: Path) -> None:
    (voice / "hre" / "digit-1.wav").unlink()
    assert store.recorded(NUMBER) == ""
    engine = samples_of(store, NUMBER)
    agreed(voice / "vi")
    record(voice / "vi", "ticket-number", "letter-A", "digit-0", "digit-1", "digit-2")
    assert store.recorded(NUMBER) == "vi"
    assert samples_of(store, NUMBER) != engine


def test_a_language_with_an_engine_never_falls_back_to_another(store: ClipStore, voice: Path) -> None:
    agreed(voice / "vi")
    record(voice / "vi", "service-ask")
    assert store.recorded(Prompt("service-ask", "en", "What do you need?")) == ""
    assert store.recorded(Prompt("service-ask", "vi", "…")) == "vi"
    assert store.recorded(Prompt("service-ask", "hre", "…")) == "vi"


def test_a_damaged_clip_lets_the_next_voice_speak(store: ClipStore, voice: Path) -> None:
    (voice / "hre" / "digit-1.wav").write_bytes(b"not a sound")
    assert store.fetch(NUMBER)
    assert store.recorded(NUMBER) == ""


def test_a_new_recording_is_heard_at_once(store: ClipStore, voice: Path) -> None:
    before = samples_of(store, NUMBER)
    sound.write_wav(voice / "hre" / "digit-1.wav", recording.fit("x", speech("mười một"), sound.TARGET_DB))
    assert samples_of(store, NUMBER) != before


def test_a_pack_may_stand_louder(store: ClipStore, voice: Path) -> None:
    path = voice / "hre" / "pack.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("-19.0", "-16.0"), encoding="utf-8")
    assert sound.loudness(samples_of(store, NUMBER)) == pytest.approx(-16.0, abs=1.0)


def test_ways_to_say_a_sentence_the_best_first() -> None:
    script = read_script(ASSETS)
    assert list(script.ways("tile-birth")) == [("tile-birth",)]
    assert list(script.ways(NUMBER.key)) == [PIECES]
    assert list(script.ways("call-again?counter=12&number=C007"))[1] == (
        "call-number", "letter-C", "digit-0", "digit-0", "digit-7", "call-counter", "digit-1", "digit-2",
    )  # fmt: skip
    assert list(script.ways("confirm-ask?leaf=birth&said=A&leaf=x&tile=B=C")) == [
        ("tile-birth", "confirm-ask"), ("confirm-ask",),
    ]  # fmt: skip
    assert list(script.ways("bring-ask?question=…")) == [("bring-ask",)]
    assert list(script.ways("closed-come?day=1")) == []


def test_the_first_clips_are_about_thirty() -> None:
    first = read_script(ASSETS).first_keys({"letter": ["A", "C", "H"], "tile": list("123456")})
    assert 25 <= len(first) <= 35
    assert {"language-choose", "ticket-number", "letter-C", "digit-9", "tile-6", "call-counter"} <= set(first)


def test_ready_means_agreed_and_complete(voice: Path) -> None:
    recordings = Recordings(voice)
    assert recordings.ready("hre", PIECES)
    assert not recordings.ready("hre", [*PIECES, "digit-3"])
    assert not recordings.ready("bdq", [])
    write_text(voice / "hre", "consent", " ")
    assert not recordings.ready("hre", PIECES)


def test_keys_do_not_lead_out_of_the_folder(voice: Path) -> None:
    sound.write_wav(voice / "secret.wav", sound.tone(300, 1, 1, -10))
    assert not list(Recordings(voice).takes("hre", "../secret"))


@pytest.mark.parametrize("language", ["vi", "en", "hre", "bdq"])
def test_the_shipped_packs_are_empty_and_well_formed(language: str) -> None:
    pack = read_pack(ASSETS / language)
    assert pack.name and not pack.consent
    assert not list((ASSETS / language).glob("*.wav"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "', 'nmae = "', "name is missing"),
        ("level_db = -19.0", "level_db = -3.0", "between"),
        ("level_db = -19.0", 'level_db = "-19"', "not a number"),
        ('consent = "', 'extra = "x"\nconsent = "', "extra is not known"),
        ('language = "hre"', 'language = "vi"', "folder"),
        ('name = "', "name = ", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_pack_is_named(voice: Path, old: str, new: str, told: str) -> None:
    path = voice / "hre" / "pack.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError, match=told):
        read_pack(voice / "hre")
    assert Recordings(voice).pack("hre") is None


def test_a_text_of_a_pack_is_set_and_comments_stay(voice: Path) -> None:
    write_text(voice / "hre", "speaker", 'Bà "Phạm Thị Y" \\ Ba Tơ')
    assert read_pack(voice / "hre").speaker == 'Bà "Phạm Thị Y" \\ Ba Tơ'
    assert "# when and how" in (voice / "hre" / "pack.toml").read_text(encoding="utf-8")
    with pytest.raises(PackError):
        write_text(voice / "hre", "nonsense", "x")
    assert packs.LEAST_DB < sound.TARGET_DB < packs.MOST_DB
