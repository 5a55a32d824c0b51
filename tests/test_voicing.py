"""`kiosk voice` from the command line: what a technician sees, imports and hears, well and badly."""

from __future__ import annotations

import json
import shutil
import sys
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import voicing
from kiosk.__main__ import main
from kiosk.settings import Settings, load, places
from kiosk.voice import sound
from kiosk.voice.packs import read_pack, write_text
from kiosk.wiring import check, load_words, with_recorded
from tests.voice.speakers import save, speech

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The shipped office, with packs of its own."""
    assets = tmp_path / "assets"
    assets.mkdir()
    shutil.copytree(places().assets / "voice", assets / "voice")
    for name in ("words", "pictograms"):
        (assets / name).symlink_to(places().assets / name)
    where = replace(places(home=tmp_path / "home"), assets=assets)
    monkeypatch.setattr(voicing, "places", lambda: where)
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "device.raw"))
    return load(where)


@pytest.fixture
def run(office: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`kiosk voice …` → exit code, everything that was printed."""

    def command(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["kiosk", "voice", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out + said.err

    return command


def record_all(run: Run, folder: Path, language: str = "hre") -> int:
    """Every first clip, as WAV; returns how many."""
    _, told = run("missing", language, "--json")
    lines = json.loads(told)
    for line in lines:
        save(folder / f"{line['key']}.wav", speech(line["text"]))
    return len(lines)


def test_every_pack_is_listed_with_what_it_lacks(run: Run) -> None:
    code, told = run("list")
    assert code == 0
    assert "hre  H'rê: not offered: 33 of the first clips are missing, the speaker's consent is missing" in told
    assert "vi  Tiếng Việt: offered; an engine speaks what is not recorded" in told
    rows = {row["language"]: row for row in json.loads(run("list", "--json")[1])}
    assert set(rows) == {"vi", "en", "hre", "bdq"}
    assert (rows["hre"]["first_recorded"], rows["hre"]["first_clips"], rows["hre"]["usable"]) == (0, 33, False)


def test_what_is_missing_can_be_read_aloud(run: Run) -> None:
    code, told = run("missing", "hre")
    assert code == 0
    assert " digit-4.wav " in told.replace("  ", " ") and "bốn" in told
    assert "Mời ông bà lấy phiếu, rồi ngồi chờ gọi số." in told
    assert "{" not in told and "help-called" not in told
    _, everything = run("missing", "hre", "--all")
    assert "help-called.wav" in everything and "paper-birth-slip.wav" in everything


def test_a_language_is_offered_once_its_first_clips_are_there(
    run: Run, office: Settings, tmp_path: Path
) -> None:
    count = record_all(run, tmp_path / "said")
    assert with_recorded(office).office.languages == ["vi"]
    code, told = run("import", "hre", tmp_path / "said", "--speaker", "Bà Y", "--dialect", "Ba Tơ")
    assert (code, f"{count} of {count} recordings were taken" in told) == (0, True)
    assert "Nothing of it is played before consent" in told
    assert with_recorded(office).office.languages == ["vi"]
    code, told = run("import", "hre", tmp_path / "said", "--consent", "20/11/2026, giấy đồng ý ở bộ phận Một cửa")
    assert (code, "H'rê: offered." in told) == (0, True)
    assert read_pack(office.places.assets / "voice" / "hre").dialect == "Ba Tơ"
    ready = with_recorded(office)
    assert ready.office.languages == ["vi", "hre"]
    words = load_words(ready)
    assert words.shown("language-name", "hre") == "H'rê"
    assert words.shown("service-ask", "hre") == words.shown("service-ask", "vi")
    assert {prompt.language for prompt in check(office)} == {"vi", "hre"}
    for clip in (office.places.assets / "voice" / "hre").glob("*.wav"):
        assert sound.loudness(sound.read_wav(clip)) == pytest.approx(sound.TARGET_DB, abs=1.0), clip.name
    (office.places.assets / "voice" / "hre" / "digit-7.wav").unlink()
    assert with_recorded(office).office.languages == ["vi"]


def test_bad_recordings_are_refused_one_sentence_each_and_the_good_ones_kept(
    run: Run, office: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "said"
    save(folder / "digit-1.wav", speech("một"))
    save(folder / "digit-2.wav", sound.silence(1.0))
    save(folder / "digit-11.wav", speech("mười một"))
    (folder / "digit-3.wav").write_bytes(b"hello")
    (folder / "digit-4.m4a").write_bytes(b"")
    (folder / "notes.txt").write_text("not a recording")
    code, told = run("import", "hre", folder)
    assert code == 1
    refused = [line for line in told.splitlines() if line.startswith("refused: ")]
    assert [line.split()[1] for line in refused] == ["digit-11.wav:", "digit-2.wav:", "digit-3.wav:", "digit-4.m4a:"]
    assert 'Did you mean "digit-1.wav"?' in refused[0]
    assert "1 of 5 recordings were taken" in told
    assert [path.name for path in (office.places.assets / "voice" / "hre").glob("*.wav")] == ["digit-1.wav"]
    (folder / "digit-1.wav").unlink()
    assert run("import", "hre", folder)[0] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("missing", "hree"), 'Did you mean "hre"?'),
        (("import", "hre", "/no/such/folder"), "is no folder"),
        (("play", "hre", "digit-11"), 'Did you mean "digit-1"?'),
        (("play", "hre", "no-such-message?a=b"), "no-such-message"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(run: Run, words: tuple[str, ...], told: str) -> None:
    code, said = run(*words)
    assert (code, told in said, len(said.splitlines())) == (2, True, 1)


def test_a_damaged_pack_is_named(run: Run, office: Settings) -> None:
    (office.places.assets / "voice" / "hre" / "pack.toml").write_text("nonsense")
    code, said = run("list")
    assert (code, "hre/pack.toml: is not valid TOML" in said) == (2, True)


def test_a_clip_is_heard_as_citizens_hear_it(run: Run, office: Settings, tmp_path: Path) -> None:
    pack = office.places.assets / "voice" / "hre"
    save(tmp_path / "said" / "digit-1.wav", speech("một"))
    run("import", "hre", tmp_path / "said")
    code, told = run("play", "hre", "digit-1")
    assert (code, "consent is missing" in told) == (2, True)
    write_text(pack, "consent", "spoken")
    code, told = run("play", "hre", "digit-1")
    assert (code, 'recorded in "hre"' in told) == (0, True)
    with wave.open(str(pack / "digit-1.wav")) as file:
        samples = file.readframes(file.getnframes())
    middle = samples[len(samples) // 4 // 2 * 2 : len(samples) // 2 // 2 * 2]
    assert middle in (tmp_path / "device.raw").read_bytes()
    code, told = run("play", "hre", "ticket-number?number=A012")
    assert (code, "not recorded, an engine speaks" in told) == (0, True)


def test_a_machine_without_sound_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "no-such-driver")
    code, told = run("play", "vi", "digit-1")
    assert (code, "No sound" in told) == (2, True)


def test_at_a_terminal_the_technician_is_asked(
    run: Run, office: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["Bà Y", "Ba Tơ", "20/11/2026", ""])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    save(tmp_path / "said" / "digit-1.wav", speech("một"))
    run("import", "hre", tmp_path / "said")
    pack = read_pack(office.places.assets / "voice" / "hre")
    assert (pack.speaker, pack.dialect, pack.consent, pack.licence) == ("Bà Y", "Ba Tơ", "20/11/2026", "")


def test_a_recorded_language_needs_its_pack(office: Settings) -> None:
    from kiosk.settings import SettingsError

    changed = replace(office, office=office.office.model_copy(update={"recorded_languages": ["hree"]}))
    with pytest.raises(SettingsError, match=r'"hree" has no pack.*"hre"'):
        with_recorded(changed)
