"""People's recordings, imported by the command and heard in a visit: the right bytes at the sound device, as loud as
each other, over a range of 18 dB at the citizen's wish."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import voicing
from kiosk.__main__ import main
from kiosk.settings import places
from kiosk.voice import sound
from tests.journeys import voices
from tests.journeys.scenarios import alone
from tests.journeys.voices import at_volume
from tests.voice.speakers import save, speech

GAINS = {"digit-0": -20.0, "letter-A": -12.0, "ticket-number": -3.0}
"""dB: some were recorded far from the microphone."""


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped assets with H'rê recorded by a synthetic speaker, on two recorders, through the command."""
    assets, said = tmp_path / "assets", tmp_path / "said"
    assets.mkdir()
    shutil.copytree(places().assets / "voice", assets / "voice")
    for name in ("words", "pictograms", "web", "papers"):
        (assets / name).symlink_to(places().assets / name)
    where = replace(places(home=tmp_path / "home"), assets=assets)
    monkeypatch.setattr(voicing, "places", lambda: where)
    booth = voicing.Booth(voicing.load(where))
    for line in booth.lines("hre"):
        if line.first:
            # Other words than the engine's Vietnamese ones, so that the ear can tell them apart
            text = " ".join(reversed(line.key.split("-")))
            gain = GAINS.get(line.key, -6.0)
            form = {"rate": 44100, "channels": 2, "width": 3} if line.key in GAINS else {}
            save(said / f"{line.key}.wav", speech(text, "vi+f2"), gain_db=gain, **form)
    monkeypatch.setattr(sys, "argv", ["kiosk", "voice", "import", "hre", str(said), "--consent", "synthetic"])
    main_code = 0
    try:
        main()
    except SystemExit as end:
        main_code = int(end.code or 0)
    assert main_code == 0
    return assets


def test_a_visit_in_recorded_voices_reaches_the_device_byte_for_byte(tmp_path: Path, assets: Path) -> None:
    (tmp_path / "home").mkdir()
    device = tmp_path / "device.raw"
    heard = alone(voices.visit_in, "hre", tmp_path / "home", assets, device)
    played = device.read_bytes()
    own = {entry.key.partition("?")[0]: entry for entry in heard if entry.language == "hre"}
    assert {"language-choose", "service-ask", "confirm-ask", "ticket-number", "call-number"} <= set(own)

    # Every clip of the pack: at the device exactly, at the volume it was to have
    for entry in own.values():
        samples = sound.read_wav(entry.path)
        assert at_volume(samples, entry.volume).strip(b"\0") in played, entry.key
        assert sound.loudness(samples) == pytest.approx(sound.TARGET_DB, abs=1.0), entry.key

    # They are the recordings, not the engine's words
    pack = assets / "voice" / "hre"
    fade = 300  # samples: the kiosk trims and fades every recording, also one that was imported
    asked = sound.read_wav(pack / "service-ask.wav")
    assert sound.read_wav(own["service-ask"].path)[fade : len(asked) - fade] == asked[fade:-fade]
    number = sound.to_bytes(sound.read_wav(own["ticket-number"].path))
    for piece in ("ticket-number", "letter-A", "digit-0", "digit-1"):
        middle = sound.to_bytes(sound.read_wav(pack / f"{piece}.wav")[1000:-2000])
        assert middle in number, piece

    # Loudness: usual, usual again, loud, soft, measured on what the device got; the call keeps the office's own
    steps = [
        sound.loudness(sound.from_bytes(at_volume(sound.read_wav(entry.path), entry.volume)))
        for entry in heard if entry.key == "service-ask" and entry.language == "hre"
    ]  # fmt: skip
    assert len(steps) == 4
    usual, again, loud, soft = steps
    assert again == usual and loud - soft >= 18.0
    assert abs(loud - usual - 10) < 1 and abs(usual - soft - 10) < 1
    assert own["call-number"].volume == 1.0


@pytest.mark.parametrize("size", ["21", "15", "10"])
def test_the_loudness_key_rises_from_the_bar_and_hides_nothing_for_long(tmp_path: Path, size: str) -> None:
    alone(voices.the_loudness_key, tmp_path, size)


def test_the_right_bytes_are_told_from_almost_right_ones() -> None:
    """The measure can fail: one step of volume more, or another word, is another sound."""
    one, two = (sound.level(sound.trim(speech(word))) for word in ("một", "hai"))
    device = bytes(400) + at_volume(one, 0.355) + bytes(400)
    assert at_volume(one, 0.355).strip(b"\0") in device
    assert at_volume(one, 0.363).strip(b"\0") not in device
    assert at_volume(two, 0.355).strip(b"\0") not in device
