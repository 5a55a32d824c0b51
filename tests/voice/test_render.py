from __future__ import annotations

import json
import re
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from kiosk.voice import batch, render, sound
from kiosk.voice.render import EngineMissing, Job, Renderer, voices
from kiosk.voice.spelling import Spelling

SENTENCES = [
    "Mời ông bà chạm vào hình bàn tay để lấy số. Làm xong rồi thì chạm vào hình phía dưới.",
    "Ông bà cần làm việc gì? Mời chạm vào một hình.",
    "Còn những việc này. Mời chạm vào một hình.",
    "Xem thêm việc khác.",
    "Có mang thì chạm dấu xanh.",
    "Chưa có thì chạm dấu đỏ. Chưa có vẫn lấy số được.",
    "Hôm nay đông người, có thể không kịp trong ngày.",
    "Cán bộ sẽ hỏi và giúp ông bà. Lấy số nhé?",
    "Đúng thì chạm dấu xanh.",
    "Muốn chọn lại thì chạm dấu đỏ.",
    "Đã bỏ ưu tiên.",
    "Mời ông bà lấy phiếu, rồi ngồi chờ gọi số.",
    "Máy chưa in được phiếu. Ông bà nhớ số này, cán bộ sẽ ghi số cho ông bà.",
    "Hôm nay máy chưa lấy số.",
    "Đang nghỉ trưa.",
    "Đăng ký khai sinh.",
    "Đăng ký kết hôn.",
    "Thẻ bảo hiểm y tế.",
    "Giấy xác nhận tình trạng hôn nhân.",
    "Có.",
]


def test_sixty_prompts_are_whole_and_equally_loud(
    tmp_path: Path, renderer: Renderer, spellings: dict[str, Spelling]
) -> None:
    texts = SENTENCES + [f"Số của ông bà là: {'ACH'[n % 3]}{n * 17:03}." for n in range(40)]
    jobs = [Job("vi", spellings["vi"].spell(text), tmp_path / f"{n}.wav") for n, text in enumerate(texts)]
    done: list[Job] = []
    assert renderer.render(jobs, done.append) == {}
    assert done == jobs
    loudness = []
    for job in jobs:
        samples = sound.read_wav(job.path)
        # The command's own rendering, sentence by sentence, is the yardstick here as well.
        parts = re.split(r"(?<=[.?!])\s+", job.text)
        expected = sum(len(batch.command(part, "vi", 145, 50)) for part in parts)
        expected += (len(parts) - 1) * len(sound.silence(batch.SENTENCE_PAUSE))
        assert abs(len(samples) / expected - 1) < batch.TOLERANCE
        assert sound.peak(samples) <= sound.PEAK_DB
        loudness.append(sound.loudness(samples))
    assert max(loudness) - min(loudness) < 1.0
    assert list(tmp_path.glob("*.part")) == []


def test_the_pace_suits_elders(tmp_path: Path, renderer: Renderer) -> None:
    """About 180 syllables a minute with pauses: one written Vietnamese syllable is one word."""
    jobs = [Job("vi", text, tmp_path / f"{n}.wav") for n, text in enumerate(SENTENCES) if len(text) > 40]
    renderer.render(jobs)
    syllables = sum(len(re.findall(r"\w+", job.text)) for job in jobs)
    minutes = sum(sound.seconds(sound.read_wav(job.path)) for job in jobs) / 60
    assert 165 < syllables / minutes < 200


def test_tickets_are_heard_digit_by_digit() -> None:
    """Golden phonemes of espeak-ng 1.5x: one clause each for letter and digits, each with its tone."""
    if not re.search(r"1\.5\d", Renderer({}).engine):
        pytest.skip("golden for espeak-ng 1.5x")
    words = "Số của ông bà là: a, không, một, hai."
    heard = subprocess.run(
        ["espeak-ng", "-v", "vi", "-q", "-x"], input=words.encode(), capture_output=True, check=True
    )
    assert [line.strip() for line in heard.stdout.decode().splitlines() if line.strip()] == [
        "s'o3_| k,u@4_ 'o#1N_| _b'a:2_| l,a:2_|",
        "'a:7_|",
        "x,o#1N_|",
        "m'o6t[_|",
        "h'a:7j_|",
    ]


def test_a_ticket_has_pauses_between_its_digits(tmp_path: Path, renderer: Renderer) -> None:
    job = Job("vi", "Số của ông bà là: a, không, một, hai.", tmp_path / "ticket.wav")
    renderer.render([job])
    samples, frame = sound.read_wav(job.path), sound.RATE // 100
    quiet = "".join(
        "-" if max(map(abs, samples[at : at + frame])) < 200 else "+" for at in range(0, len(samples), frame)
    )
    assert len(re.findall("-{15,}", quiet)) >= 4  # 0.15 s and longer: after "là" and between letter and digits


class Library:
    """pyttsx3 with its measured faults."""

    def __init__(self, *lengths: float | None) -> None:
        self.lengths, self.asked, self.mistrusted = list(lengths), 0, 0

    def mistrust(self) -> None:
        self.mistrusted += 1

    def render(self, text: str, voice: str, rate: int, pitch: int) -> object:
        self.asked += 1
        length = self.lengths.pop(0)
        right = batch.command(text, voice, rate, pitch)
        return right[: round(len(right) * length)] if length is not None else None


@pytest.mark.parametrize(
    ("lengths", "engine", "asked"),
    [
        ((0.97,), "pyttsx3", 1),
        ((None, 1.0), "pyttsx3", 2),
        ((0.8, None), "espeak-ng", 2),
        ((0.8, 0.84), "espeak-ng", 2),
    ],
)
def test_a_wrong_length_is_said_again_and_then_left_to_the_command(
    lengths: tuple[float | None, ...], engine: str, asked: int
) -> None:
    library = Library(*lengths)
    samples, by = batch.sentence("Lấy số nhé?", "vi", 145, 50, library)  # type: ignore[arg-type]
    assert (by, library.asked) == (engine, asked)
    assert library.mistrusted == asked - (engine == "pyttsx3")
    assert abs(len(samples) / len(batch.command("Lấy số nhé?", "vi", 145, 50)) - 1) <= batch.TOLERANCE


def test_a_rate_that_got_lost_is_set_again(tmp_path: Path) -> None:
    """pyttsx3 sometimes keeps the old rate for the rest of the process: here it is made to, every time."""
    script = """
import sys, tempfile
from pathlib import Path
from kiosk.voice import batch
library = batch.Library(Path(sys.argv[1]))
library.render("a", "vi", 145, 50)
library._engine.setProperty("rate", 220)
engines = [batch.sentence("Lấy số nhé?", "vi", 145, 50, library)[1] for _ in range(6)]
print("ENGINES", *engines, file=sys.stderr)
sys.stderr.flush()
import os; os._exit(0)
"""
    ran = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    engines = ran.stderr.split("ENGINES")[1].split()
    assert "pyttsx3" in engines


def test_the_batch_speaks_json_only_and_uses_pyttsx3(tmp_path: Path) -> None:
    job = {"voice": "vi", "rate": 145, "pitch": 50, "text": "Lấy số nhé?", "path": str(tmp_path / "a.wav")}
    order = json.dumps({"pyttsx3": True, "jobs": [job] * 12})
    ran = subprocess.run(
        [sys.executable, "-m", "kiosk.voice.batch"], input=order, capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["job"] for answer in answers] == list(range(12))
    assert {answer["problem"] for answer in answers} == {""}
    assert "pyttsx3" in {answer["engine"] for answer in answers}


def test_a_broken_batch_is_finished_by_a_second_one(
    tmp_path: Path, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def dying(command: list[str], **options: object) -> subprocess.Popen[str]:
        if not started:
            command = [sys.executable, "-c", "import os; os._exit(11)"]
        process: subprocess.Popen[str] = popen(command, **options)  # type: ignore[call-overload]
        started.append(process)
        return process

    monkeypatch.setattr(render.subprocess, "Popen", dying)
    jobs = [Job("vi", "Lấy số nhé?", tmp_path / "a.wav")]
    assert renderer.render(jobs) == {}
    assert jobs[0].path.exists() and len(started) == 2


def test_a_voice_that_does_not_exist_is_a_problem_of_that_prompt(tmp_path: Path) -> None:
    jobs = [Job("xx", "abc", tmp_path / "a.wav"), Job("vi", "Có.", tmp_path / "b.wav")]
    problems = Renderer({"xx": "xx"}).render(jobs)
    assert list(problems) == [jobs[0].path]
    assert jobs[1].path.exists()


def test_the_engine_lists_its_voices() -> None:
    known = voices()
    assert {"vi", "vi-vn-x-central", "vi-vn-x-south", "en-gb"} <= set(known)
    assert voices("no-such-engine") == []


def test_no_engine_is_a_clear_state(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="apt install espeak-ng"):
        Renderer({}, command="no-such-engine").render([Job("vi", "Có.", tmp_path / "a.wav")])


def test_wav_written_is_wav_read(tmp_path: Path) -> None:
    samples = sound.tone(440, 0.2, 3, -6)
    sound.write_wav(tmp_path / "a.wav", samples)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
    assert sound.read_wav(tmp_path / "a.wav") == samples


def test_levelling_brings_quiet_and_loud_together() -> None:
    speech = batch.command("Mời ông bà ngồi chờ.", "vi", 145, 50)
    quiet = sound.level(type(speech)("h", [value // 8 for value in speech]))
    loud = sound.level(speech)
    assert abs(sound.loudness(quiet) - sound.loudness(loud)) < 0.5
    assert max(sound.peak(quiet), sound.peak(loud)) <= sound.PEAK_DB


def test_silence_is_no_clip() -> None:
    with pytest.raises(sound.SoundError, match="silence"):
        sound.trim(sound.silence(1.0))
