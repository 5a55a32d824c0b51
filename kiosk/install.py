"""`kiosk install`: everything that a kiosk machine needs beside the program, done again as often as wanted.

A list of steps, each of which knows whether it is done: files with their wanted content, folders, the user, services.
`--dry-run` says what would be done, `--uninstall` takes it back; data and settings are never taken away.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]

USER, GROUPS = "kiosk", "audio,video,render,input,lp,dialout,tty"
UNITS = ("kiosk-migrate.service", "kiosk.service", "kiosk-web.service")
DATA, CONFIG, PROGRAM = "/var/lib/kiosk", "/etc/kiosk", "/opt/kiosk"

UDEV = """# The receipt printer's own device, and the touch screen, for the group of the kiosk's user.
SUBSYSTEM=="usbmisc", KERNEL=="lp*", GROUP="lp", MODE="0660", SYMLINK+="usb/kiosk-printer"
SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ENV{ID_USB_INTERFACES}=="*:0701*:*", GROUP="lp", MODE="0660"
SUBSYSTEM=="tty", ENV{ID_BUS}=="usb", GROUP="dialout", MODE="0660"
"""
JOURNAL = """# The journal of a kiosk lives on flash: bounded, and gone after three months.
[Journal]
SystemMaxUse=200M
MaxRetentionSec=3month
"""
CONSOLES = """# No consoles to switch to from the touch screen.
[Login]
NAutoVTs=0
ReserveVT=0
"""
KEYS = """# No key combination ends the machine from its lobby.
kernel.sysrq = 0
"""


class InstallError(Exception):
    """It cannot be installed so; the text says why and what to do."""


@dataclass(frozen=True)
class Step:
    """One thing to be so. `done`: it is; `do` and `undo`: make it so, take it back (None = stays)."""

    text: str
    done: Callable[[], bool]
    do: Callable[[], None]
    undo: Callable[[], None] | None = None


class Installer:
    """The steps for one machine. `root`: where its files lie; another one than / only writes files (for an image, or
    a test), and runs no command."""

    def __init__(self, program: Path, root: Path = Path("/"), *, services: Sequence[str] = UNITS) -> None:
        self._program, self._root, self._services = program, root, services
        self._live = root == Path("/")

    def run(self, say: Say, *, dry: bool, uninstall: bool) -> int:
        """Do, or undo, what is to be; returns how many steps were taken."""
        steps = list(self.steps())
        taken = 0
        for step in reversed(steps) if uninstall else steps:
            action = step.undo if uninstall else step.do
            if step.done() == (not uninstall) or action is None:
                continue
            say(f"{'would ' if dry else ''}{'undo' if uninstall else 'do'}: {step.text}")
            taken += 1
            if not dry:
                action()
        return taken

    def steps(self) -> Iterator[Step]:
        """Everything, in order."""
        if self._live:
            yield self._user()
        yield self._folder(DATA)
        yield self._settings()
        yield self._file("/etc/udev/rules.d/70-kiosk.rules", UDEV)
        yield self._file("/etc/systemd/journald.conf.d/kiosk.conf", JOURNAL)
        yield self._file("/etc/systemd/logind.conf.d/kiosk.conf", CONSOLES)
        yield self._file("/etc/sysctl.d/70-kiosk.conf", KEYS)
        for unit in UNITS:
            text = (self._program / unit).read_text(encoding="utf-8").replace(PROGRAM, str(self._program))
            yield self._file(f"/etc/systemd/system/{unit}", text)
        if self._live:
            yield from self._commands()

    # ---- kinds of steps --------------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        return self._root / name.lstrip("/")

    def _file(self, name: str, text: str) -> Step:
        path = self._path(name)

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

        def there() -> bool:
            return path.exists() and path.read_text(encoding="utf-8") == text

        return Step(f"file {name}", there, write, path.unlink)

    def _folder(self, name: str) -> Step:
        path = self._path(name)

        def make() -> None:
            path.mkdir(parents=True, exist_ok=True, mode=0o750)
            if self._live:
                shutil.chown(path, USER, USER)

        return Step(f"folder {name}", path.is_dir, make)

    def _settings(self) -> Step:
        path = self._path(CONFIG)

        def copy() -> None:
            shutil.copytree(self._program / "config", path)

        return Step(f"settings {CONFIG} (a copy of the example: edit them)", path.is_dir, copy)

    def _user(self) -> Step:
        def there() -> bool:
            return _succeeds("id", USER)

        def make() -> None:
            _run("useradd", "--system", "--home", DATA, "--shell", "/usr/sbin/nologin", "--groups", GROUPS, USER)

        return Step(f"user {USER} in the groups {GROUPS}", there, make)

    def _commands(self) -> Iterator[Step]:
        names = [name for name in self._services if name != "kiosk-migrate.service"]
        yield Step(
            "no way out by Ctrl+Alt+Del or a console",
            lambda: _says("systemctl", "is-enabled", "ctrl-alt-del.target") == "masked",
            lambda: _run("systemctl", "mask", "ctrl-alt-del.target", "getty@tty1.service"),
            lambda: _run("systemctl", "unmask", "ctrl-alt-del.target", "getty@tty1.service"),
        )
        yield Step(
            f"services on: {', '.join(names)}",
            lambda: all(_says("systemctl", "is-enabled", name) == "enabled" for name in names),
            lambda: (_run("systemctl", "daemon-reload"), _run("systemctl", "enable", "--now", *names)),  # type: ignore[func-returns-value,arg-type]
            lambda: _run("systemctl", "disable", "--now", *names),
        )


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise InstallError(f"{' '.join(command)}: {done.stderr.strip() or 'failed'}")


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0


def _says(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except FileNotFoundError:
        return ""
