"""`kiosk forget`: what is kept of visits' papers goes now; with --prove, an office is searched for what it was told.

The proof runs the real web process on an office of its own, made for the purpose: people come, their papers are
filled through the pages with values that stand nowhere else, printed, and the visit is finished. Then every byte of
the database (free pages and journals too), of the home folder, of the backup, of temporary files and of the logs is
searched for each value, in every written form that could have been left.
"""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from kiosk.administer import Mistake
from kiosk.clock import TrialClock
from kiosk.office.backup import back_up
from kiosk.office.database import Database
from kiosk.office.days import Days
from kiosk.office.migrate import migrate
from kiosk.office.officers import Officers
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.papers.forms import CARD_PARTS, Form, FormField, Forms
from kiosk.papers.shelf import Shelf, shelf_folder
from kiosk.settings import Settings
from kiosk.wiring import load_papers

Say = Callable[[str], None]
Leak = Callable[[Path, str], None]
"""Plants a value in the office's home, so that the search can be seen to find it."""
SYLLABLES = ("bra", "kro", "vlu", "zwe", "pjo", "fyx", "gwa", "hju", "jro", "wvi", "zja", "qwo")
"""They make words that no language has, so that nothing is found by chance."""
START_SECONDS = 40.0
PASSWORD = secrets.token_urlsafe(12)


class Unproven(Exception):
    """The proof could not be made; the text says why."""


@dataclass
class Proof:
    """What was told to the office, and where it was found afterwards."""

    visits: int = 0
    values: int = 0
    files: int = 0
    bytes: int = 0
    seen_before: int = 0
    """Visits whose values were found in the visit's own file before they were finished: the search can find."""
    left: list[str] = field(default_factory=list)
    """Where something was left: file and written form, never the value."""

    @property
    def holds(self) -> bool:
        return not self.left and self.seen_before == self.visits > 0


def forget(settings: Settings) -> int:
    """Forget the papers of every visit of this office; how many there were."""
    return Shelf(shelf_folder(settings.database_url)).keep_only(())


def prove(settings: Settings, visits: int, say: Say, leak: Leak | None = None) -> Proof:
    """Fill the papers of `visits` visits in an office made for it, finish them, and search. Raises Unproven."""
    forms = load_papers(settings)
    proof, told = Proof(), []
    with _office(settings) as office:
        for number in range(visits):
            values = office.visit(number, forms, proof)
            told += values
            if leak and number == visits - 1:
                leak(office.home, values[0])
            if (number + 1) % 10 == 0:
                say(f"{number + 1} visits finished")
        office.back_up()
        _search(office.places, told, proof)  # while it runs: write-ahead log and all
        office.stop()
        _search(office.places, told, proof)
    proof.values = len(told)
    return proof


def show_proof(settings: Settings, visits: int, say: Say, *, as_json: bool = False) -> int:
    """Make the proof and tell it; the exit code, 0 = nothing was left. Raises Mistake when it cannot be made."""
    try:
        proof = prove(settings, visits, (lambda _: None) if as_json else say)
    except Unproven as problem:
        raise Mistake(f"nothing was proved: {problem}") from None
    if as_json:
        say(json.dumps({**asdict(proof), "holds": proof.holds}, ensure_ascii=False))
        return 0 if proof.holds else 1
    say(f"{proof.visits} visits, {proof.values} values; before the finish in {proof.seen_before} visits' own files")
    searched = "database, journals, backup, logs, temporary files"
    say(f"then searched: {proof.files} files, {proof.bytes / 1e6:.1f} MB: {searched}")
    for line in proof.left:
        say(f"LEFT  {line}")
    say("nothing was left" if proof.holds else "the proof FAILS")
    return 0 if proof.holds else 1


def _search(folders: list[Path], values: list[str], proof: Proof) -> None:
    """Look for every written form of every value in every file."""
    wanted = {form: name for value in values for name, form in written_forms(value)}
    finder = re.compile(b"|".join(re.escape(form) for form in sorted(wanted, key=len, reverse=True)))
    proof.files = proof.bytes = 0
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            try:
                content = path.read_bytes()
            except FileNotFoundError:  # it went while we looked
                continue
            proof.files, proof.bytes = proof.files + 1, proof.bytes + len(content)
            for form in sorted({wanted[found] for found in finder.findall(content)}):
                place = f"{path.relative_to(folder.parent)}: a value, as {form}"
                if place not in proof.left:
                    proof.left.append(place)


def written_forms(value: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the ways in which a value may have been written."""
    for name, text in (("typed", value), ("capitals", value.upper()), ("small", value.lower())):
        composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
        yield f"{name}, UTF-8", composed.encode()
        yield f"{name}, UTF-8 decomposed", apart.encode()
        yield f"{name}, UTF-16", composed.encode("utf-16-le")
        yield f"{name}, in an address", quote(composed).encode()
        yield f"{name}, in a form", urlencode({"": composed})[1:].encode()
        yield f"{name}, as JSON", composed.encode("ascii", "backslashreplace")


@contextmanager
def _office(settings: Settings) -> Iterator[_Office]:
    home = Path(tempfile.mkdtemp(prefix="kiosk-forget-"))
    office = _Office(settings, home)
    try:
        office.start()
        yield office
    finally:
        office.stop()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(office.shelf, ignore_errors=True)


class _Office:
    """The real web process on a home of its own, and a browser in front of it."""

    def __init__(self, settings: Settings, home: Path) -> None:
        self._settings, self.home = settings, home
        self._url = f"sqlite:///{home / 'office.db'}"
        self.shelf = shelf_folder(self._url)
        days = Days(settings.calendar)
        self._clock = TrialClock(days.trial_start(datetime.now().astimezone()))
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _free_port()
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))
        self._random = random.SystemRandom()
        self._tickets: Tickets | None = None
        self._ticket = ""

    @property
    def places(self) -> list[Path]:
        """All that is searched."""
        return [self.home, *([self.shelf] if self.shelf.is_dir() else [])]

    def start(self) -> None:
        """Make the office and open its doors. Raises Unproven."""
        (self.home / "tmp").mkdir()
        migrate(self._url, self._clock.now())
        self._database = Database(self._url)
        site = self._settings.office.site
        Officers(self._database, site, self._clock).add("thu", "Thu", "officer", PASSWORD)
        self._tickets = Tickets(self._database, site, self._clock)
        environment = {
            **os.environ, "KIOSK_HOME": str(self.home), "KIOSK_CONFIG": str(self._settings.places.config),
            "KIOSK_CLOCK": str(self._clock), "KIOSK_DATABASE": self._url, "TMPDIR": str(self.home / "tmp"),
        }  # fmt: skip
        with (self.home / "web.log").open("wb") as log:
            command = [sys.executable, "-m", "kiosk", "web", "--port", str(self._port)]
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                said = (self.home / "web.log").read_text(errors="replace")[-400:]
                raise Unproven(f"kiosk web did not start: {said}")
            time.sleep(0.1)
        self._post("/signin", login="thu", password=PASSWORD, counter="1")

    def stop(self) -> None:
        """Close the doors."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
            self._process = None
            self._database.close()

    def back_up(self) -> None:
        """A backup, as the night makes it."""
        (self.home / "backups").mkdir(exist_ok=True)
        back_up(self._url, self.home / "backups", self._clock.now() + timedelta(hours=10))

    def visit(self, number: int, forms: Forms, proof: Proof) -> list[str]:
        """One person's whole visit; what was told. The forms take turns."""
        in_force = list(forms.on(self._clock.now().date()).values())
        if not in_force or self._tickets is None:
            raise Unproven("no form is in force today.")
        form = in_force[number % len(in_force)]
        tile, queue = self._tile()
        ticket = self._tickets.issue(f"prove-{number}", TicketOrder(tile, queue))
        for step in ("next", "start"):
            self._post(f"/counter/do/{step}", at="1")
        base, told = f"/counter/papers/{form.key}", []
        self._ticket = ticket.id
        self._post(f"{base}/told", agreed="1")
        for role in form.file.role:
            if role.card:
                told += self._scan(base, role.key, role.sex)
        for one in form.file.field:
            told += self._answer(base, form, one)
        self._get(base)
        for doubt in ("other-sex", "same-card", "birth-year", "sex", "birth", "issued"):
            for role in form.file.role:
                self._post(f"{base}/accept", role=role.key, key=doubt)
        self._get(f"{base}?step=read")
        self._get(f"{base}/sheet.pdf")
        self._get(f"{base}/sheet-1.svg")
        before = Proof()
        _search([self.shelf], told, before)
        proof.seen_before += bool(before.left)
        self._post("/counter/do/finish", at="1")
        proof.visits += 1
        if (self.shelf / f"{ticket.id}.json").exists():
            proof.left.append("the visit's own file is still there")
        return told

    def _scan(self, base: str, role: str, sex: str) -> list[str]:
        """A card that nobody has, under the virtual scanner."""
        number = f"052{self._random.choice('01')}{self._random.randrange(10**8):08}"
        name, address = self._words(3).upper(), self._words(6)
        born = f"{self._random.randrange(1, 29):02}{self._random.randrange(1, 13):02}19{number[4:6]}"
        man = sex == "Nam" or (not sex and number[3] == "0")  # literal
        fields = (number, "", name, born, "Nam" if man else "Nữ", address, "05062022")  # literal
        self._post(f"{base}/scan", role=role, scan="|".join(fields))
        return [number, name, address]

    def _answer(self, base: str, form: Form, one: FormField) -> list[str]:
        """What an officer would type there. What cannot be told from other offices' answers is not searched for."""
        words = self._words(4)
        typed = {
            "text": words, "name": words.upper(), "id": f"9{self._random.randrange(10**11):011}",
            "date": "5/9/2026" if not one.partial else "1950", "year": "1950", "time": "8:30", "number": "2",
            "choice": words if one.open else (form.choices(one) or [""])[0],
        }[one.type]  # fmt: skip
        if one.part in CARD_PARTS and form.roles[one.role].card:
            return []
        if form.decides(one):
            typed = (form.choices(one) or [words])[-1]
        self._post(f"{base}/answer", field=one.key, text=typed)
        return [typed] if typed == words or one.type in ("name", "id") else []

    def _words(self, count: int) -> str:
        return " ".join("".join(self._random.choices(SYLLABLES, k=4)) for _ in range(count))

    def _tile(self) -> tuple[str, str]:
        for key, tile in self._settings.tiles.items():
            if tile.series and 1 in self._settings.series[tile.series].counters:
                return key, tile.series
        raise Unproven("counter 1 serves no queue: see services.toml, [[series]].")

    # ---- the browser ---------------------------------------------------------------------------------------

    def _answers(self) -> bool:
        try:
            self._get("/signin")
        except (URLError, ConnectionError):
            return False
        return True

    def _get(self, path: str) -> bytes:
        with self._browser.open(f"http://127.0.0.1:{self._port}{path}", timeout=30) as answer:
            return bytes(answer.read())

    def _post(self, path: str, **fields: str) -> None:
        address = f"http://127.0.0.1:{self._port}"
        fields["ticket"] = self._ticket
        request = Request(address + path, urlencode(fields).encode(), {"origin": address})  # noqa: S310  (our own)
        try:
            with self._browser.open(request, timeout=30) as answer:
                answer.read()
        except HTTPError as refused:
            if refused.code not in (409, 422):  # what cannot be taken is said; nothing is searched for it
                raise Unproven(f"{path} answered {refused.code}.") from None


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
