"""`kiosk check`: one line for each thing that a technician would look at, with what to do.

Nothing is changed. A look that fails is a finding itself, never a traceback.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from kiosk.clock import Clock
from kiosk.desk import DOTS
from kiosk.office.database import Database, sqlite_module
from kiosk.office.health import HealthBoard
from kiosk.office.types import Health
from kiosk.papering import try_forms
from kiosk.papers.shelf import MEMORY, Shelf, file_system, shelf_folder
from kiosk.printing import escpos, layout
from kiosk.printing.links import open_link
from kiosk.printing.probe import look
from kiosk.printing.slip import Slip
from kiosk.settings import Settings
from kiosk.voice.player import open_player
from kiosk.voice.render import EngineMissing, Renderer
from kiosk.wiring import check, load_pictures, load_words, open_clips

State = Literal["ok", "care", "bad"]
UNITS = ("kiosk", "kiosk-web")
LEAST_FREE_MB = 500
"""A day of slips, clips and logs takes a few megabytes; below this a full disk is near."""
OLD_BACKUP = timedelta(days=2)
INCH_MM = 25.4


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do (empty when nothing is to be done)."""

    name: str
    state: State
    text: str
    todo: str = ""


class Checkup:
    """The looks, one method each."""

    def __init__(self, settings: Settings, clock: Clock, *, print_slip: bool = False) -> None:
        """`print_slip`: also print a test slip."""
        self._settings, self._clock, self._print_slip = settings, clock, print_slip

    def run(self) -> list[Finding]:
        """Every finding, in the order of a round through the lobby."""
        looks: Sequence[tuple[str, Callable[[], Finding]]] = (
            ("settings", self._words), ("forms", self._forms), ("papers", self._papers),
            ("database", self._database), ("backup", self._backup), ("disk", self._disk),
            ("printer", self._printer), ("voice", self._voice),
            ("loudspeaker", self._loudspeaker), ("screen", self._screen), ("touch", self._touch),
            ("clock", self._time), ("pages", self._pages), ("https", self._https), ("services", self._units),
        )  # fmt: skip
        return [self._look(name, look) for name, look in looks]

    @staticmethod
    def _look(name: str, look: Callable[[], Finding]) -> Finding:
        try:
            return look()
        except Exception as error:  # a check must not end at the first trouble
            return Finding(name, "bad", f"could not be looked at: {error}", "Mend this first, then check again.")

    def _words(self) -> Finding:
        settings = self._settings
        prompts = check(settings, self._clock)
        languages = ", ".join(settings.office.languages)
        unconfirmed = sum(not one.confirmed for one in settings.procedures.values())
        counts = f"{len(settings.tiles)} tiles, {len(settings.procedures)} procedures, {len(prompts)} prompts"
        text = f"{counts} in {languages}"
        if unconfirmed:
            return Finding(
                "settings", "care", f"{text}; {unconfirmed} procedures are samples",
                "Let the office confirm fees and papers; then confirmed = true in services.toml.",
            )  # fmt: skip
        return Finding("settings", "ok", text)

    def _forms(self) -> Finding:
        forms = try_forms(self._settings, self._clock)
        samples = sum(not form.file.confirmed for form in forms)
        text = f"{len(forms)} in force: {', '.join(sorted(form.key for form in forms))}"
        if samples:
            return Finding(
                "forms", "care", f"{text}; {samples} are samples",
                "Let the office compare them with the circular (kiosk papers preview FORM); then confirmed = true.",
            )  # fmt: skip
        return Finding("forms", "ok", text)

    def _papers(self) -> Finding:
        """Where the papers of who is here lie while they are filled."""
        shelf = Shelf(shelf_folder(self._settings.database_url))
        there = next(folder for folder in (shelf.folder, *shelf.folder.parents) if folder.is_dir())
        kind = file_system(there)
        if kind not in MEMORY:
            todo = "Start the pages by kiosk-web.service, or mount a tmpfs at /dev/shm."
            return Finding("papers", "bad", f"{there} is {kind or 'unknown'}: no declaration can be filled", todo)
        text = f"in memory ({kind}), {len(shelf)} visits' now"
        if len(Path("/proc/swaps").read_text(encoding="utf-8").splitlines()) > 1:
            todo = "Turn swap off (swapoff -a, and its line in /etc/fstab): memory is written to the disk by it."
            return Finding("papers", "care", f"{text}; this machine swaps", todo)
        return Finding("papers", "ok", text)

    def _database(self) -> Finding:
        database = Database(self._settings.database_url)
        try:
            database.check_version()
            damage = database.damage()
        finally:
            database.close()
        version = sqlite_module().sqlite_version if self._settings.database_url.startswith("sqlite") else "PostgreSQL"
        if damage:
            return Finding("database", "bad", f"damaged: {damage}", "Stop the services, then: kiosk restore")
        return Finding("database", "ok", f"sound ({version})")

    def _backup(self) -> Finding:
        found = [one for one in self._health() if one.device == "backup"]
        todo = "Put in the stick or mend the folder of [backup] in office.toml, then: kiosk backup"
        if not found:
            return Finding("backup", "care", "none yet", "Make one now: kiosk backup")
        age = self._clock.now() - found[0].at
        text = f"{found[0].state}, {found[0].at:%d/%m/%Y %H:%M} {found[0].detail}".strip()
        if found[0].state != "ok":
            return Finding("backup", "bad", text, todo)
        return Finding("backup", "care" if age > OLD_BACKUP else "ok", text, todo if age > OLD_BACKUP else "")

    def _disk(self) -> Finding:
        home = self._settings.places.home
        home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free // 1_000_000
        low = free < LEAST_FREE_MB
        todo = "Free some space." if low else ""
        return Finding("disk", "bad" if low else "ok", f"{free:,} MB free for {home}", todo)

    def _printer(self) -> Finding:
        address = self._settings.printer.address
        if address == "virtual:":
            return Finding("printer", "care", "virtual: no paper", "Set [printer] address in office.toml.")
        slip = self._test_slip if self._print_slip else None
        state, outcome = look(lambda: open_link(address, self._settings.places.slips), slip)
        todo = {
            "absent": "Switch it on, plug its cables, compare the address in office.toml.",
            "paper-out": "Put in paper.", "cover-open": "Close the cover.",
            "error": "Switch it off, free the cutter, switch it on.", "offline": "Press its feed or online button.",
        }.get(state.kind, "")  # fmt: skip
        near = ", paper nears its end" if state.near_end else ""
        printed = f"; test slip: {outcome}" if outcome else ""
        text = f"{address}: {state.kind}{near} {state.reason}".strip() + printed
        how: State = "bad" if not state.ready else ("care" if near else "ok")
        return Finding("printer", how, text, todo)

    def _test_slip(self) -> bytes:
        """A slip that shows every kind of part and is no ticket."""
        settings, now = self._settings, self._clock.now()
        slip = Slip(
            office=f"{settings.office.name} – {settings.office.authority}", date=f"{now:%d/%m/%Y %H:%M}", series="A",
            number="000", service=load_words(settings).shown("slip-trial", "vi"), picture="take-slip",
            qr=settings.office.public_url,
        )  # fmt: skip
        printer = settings.printer
        return escpos.encode(layout.compose(slip, DOTS[printer.paper_mm], load_pictures(settings), printer.profile))

    def _voice(self) -> Finding:
        settings = self._settings
        try:
            engine = Renderer(settings.voice.engine_voice, settings.voice.rate).engine
        except EngineMissing as error:
            return Finding("voice", "bad", "no engine", str(error))
        clips = open_clips(settings)
        prompts = check(settings, self._clock)
        ready = sum(clips.ready(prompt) is not None for prompt in prompts)
        text = f"{engine}, {ready} of {len(prompts)} prompts are ready"
        if ready < len(prompts):
            return Finding("voice", "care", text, "Start the screen: it makes the rest by itself in a minute.")
        return Finding("voice", "ok", text)

    def _loudspeaker(self) -> Finding:
        player, why = open_player(self._settings.voice.volume_db)
        available = player.available
        player.close()
        todo = "Plug in the loudspeaker; aplay -l must name it; the kiosk's user needs the group audio."
        return Finding("loudspeaker", "ok" if available else "bad", why, "" if available else todo)

    def _screen(self) -> Finding:
        screen = self._settings.screen
        per_mm = (screen.width**2 + screen.height**2) ** 0.5 / (screen.diagonal_inches * INCH_MM)
        size = f"{screen.width / per_mm:.0f} × {screen.height / per_mm:.0f} mm"
        text = f"{screen.width}×{screen.height} at {screen.diagonal_inches} inches means glass of {size}"
        return Finding("screen", "care", text, "Hold a ruler to the glass: it must be so, else mend diagonal_inches.")

    def _touch(self) -> Finding:
        devices = Path("/proc/bus/input/devices")
        text = devices.read_text(encoding="utf-8", errors="replace") if devices.exists() else ""
        names = [block.split('N: Name="')[1].split('"')[0] for block in text.split("\n\n") if _touches(block)]
        if not names:
            todo = "Plug in the screen's USB cable."
            return Finding("touch", "bad", "no touch screen is known to the system", todo)
        return Finding("touch", "ok", ", ".join(names))

    def _time(self) -> Finding:
        now = self._clock.now()
        doubt = [one for one in self._health() if one.device == "clock" and one.state != "ok"]
        text = f"{now:%A %d/%m/%Y %H:%M}"
        if doubt:
            todo = "Set it: timedatectl set-time 'YYYY-MM-DD HH:MM'"
            return Finding("clock", "bad", f"{text}: {doubt[0].detail}", todo)
        return Finding("clock", "care", text, "Compare with your watch.")

    def _pages(self) -> Finding:
        web = self._settings.web
        host = "127.0.0.1" if web.host == "0.0.0.0" else web.host  # noqa: S104  (compared, not bound)
        with socket.socket() as probe:
            probe.settimeout(2)
            answers = probe.connect_ex((host, web.port)) == 0
        phones = self._settings.office.public_url
        if not answers:
            return Finding("pages", "care", f"nobody answers at port {web.port}", "systemctl start kiosk-web")
        return Finding("pages", "ok", f"port {web.port} answers; phones use {phones}")

    def _https(self) -> Finding:
        if not self._settings.web.https:
            return Finding("https", "ok", "off: the pages are served by http only")
        from kiosk.certifying import look  # late: its library is needed by offices with HTTPS only

        return Finding("https", *look(self._settings, self._clock.now()))

    def _units(self) -> Finding:
        if not Path("/run/systemd/system").exists():
            return Finding("services", "care", "this machine does not run systemd", "Start with: kiosk run")
        states = {unit: _systemctl("is-active", unit) for unit in UNITS}
        text = ", ".join(f"{unit} {state}" for unit, state in states.items())
        if any(state != "active" for state in states.values()):
            return Finding("services", "bad", text, "kiosk install, then see: journalctl -u kiosk -u kiosk-web")
        return Finding("services", "ok", text)

    def _health(self) -> list[Health]:
        database = Database(self._settings.database_url)
        try:
            return HealthBoard(database, self._settings.office.site, self._clock).all()
        finally:
            database.close()


def report(findings: Sequence[Finding], say: Callable[[str], None], *, as_json: bool) -> bool:
    """Say all findings; whether none is bad."""
    if as_json:
        say(json.dumps([asdict(one) for one in findings], ensure_ascii=False))
    else:
        for one in findings:
            say(f"{one.state:5} {one.name:12} {one.text}")
            if one.todo:
                say(f"{'':18} → {one.todo}")
    return all(one.state != "bad" for one in findings)


def _touches(block: str) -> bool:
    """Whether a block of /proc/bus/input/devices is a touch screen: absolute axes (EV's bit 3), touched directly."""
    lines = dict(line[3:].split("=", 1) for line in block.splitlines() if line.startswith("B: ") and "=" in line)
    return bool(int(lines.get("EV", "0"), 16) & 1 << 3 and int(lines.get("PROP", "0"), 16) & 1 << 1)


def _systemctl(*words: str) -> str:
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, timeout=10, check=False)
    return done.stdout.strip()
