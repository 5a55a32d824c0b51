"""The units in a booted system: each service is stopped dead, again and again, and must be back within 30 seconds.

python -m tests.faults.booted [TIMES]        as root, with systemd-container and debootstrap

A small Debian boots in systemd-nspawn; below it lies this machine's own file system (overlay), so that program and
libraries are the ones tested here. The units are those that `kiosk install` writes, but for the screen's device: a
container has no graphics card, so the screen draws off-screen.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from kiosk.install import GROUPS, Installer
from tests.until import until

PROGRAM = Path(__file__).parents[2]
PLACE = Path("/var/tmp/kiosk-booted")
BACK_WITHIN = 30.0
NO_CARD = """Environment=SDL_VIDEODRIVER=offscreen
StandardInput=null
TTYPath=
"""
SYSTEM_PYTHON = """[Service]
Environment=PYTHONPATH={site}
ExecStart=
ExecStart=/usr/bin/python3 -m kiosk {command}
"""
"""A developer's interpreter may lie in a home folder, hidden from units: the system's, with the same packages."""


def run(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()[-400:]}")
    return done.stdout.strip()


class Booted:
    """A machine in a container."""

    def __init__(self) -> None:
        base, memory = PLACE / "base", PLACE / "memory"
        self.root = memory / "root"
        if not (base / "sbin" / "init").exists():
            run("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", "bookworm", str(base))
        memory.mkdir(parents=True, exist_ok=True)
        # In memory: the layers of an overlay must not lie inside each other
        run("mount", "-t", "tmpfs", "-o", "size=3g", "tmpfs", str(memory))
        run("cp", "-a", str(base), str(memory / "base"))
        for name in ("upper", "work", "root"):
            (memory / name).mkdir()
        layers = f"lowerdir={memory}/base:/,upperdir={memory}/upper,workdir={memory}/work"
        run("mount", "-t", "overlay", "overlay", "-o", layers, str(self.root))
        self._prepare()
        command = ["systemd-nspawn", "--register=no", "--keep-unit", "--private-network", "--boot"]
        command += ["-D", str(self.root)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _prepare(self) -> None:
        inside = ["chroot", str(self.root)]
        for group in GROUPS.split(","):  # a container has no udev, which brings some of them
            run(*inside, "groupadd", "--system", "--force", group)
        run(*inside, "useradd", "--system", "--home", "/var/lib/kiosk", "--groups", GROUPS, "kiosk")
        Installer(PROGRAM, self.root).run(lambda _: None, dry=False, uninstall=False)
        run(*inside, "chown", "-R", "kiosk:kiosk", "/var/lib/kiosk")
        for folder in (PROGRAM, *PROGRAM.parents):  # a developer's folder may be closed to others
            inner = self.root / str(folder).lstrip("/")
            inner.chmod(inner.stat().st_mode | 0o055)
        site = next((PROGRAM / ".venv" / "lib").glob("python3*/site-packages"))
        for unit, command in (("kiosk-migrate", "migrate"), ("kiosk", "screen"), ("kiosk-web", "web")):
            own = self.root / f"etc/systemd/system/{unit}.service.d/here.conf"
            own.parent.mkdir(parents=True)
            text = SYSTEM_PYTHON.format(site=site, command=command) + (NO_CARD if unit == "kiosk" else "")
            own.write_text(text, encoding="utf-8")
        wanted = self.root / "etc/systemd/system/multi-user.target.wants"
        wanted.mkdir(parents=True, exist_ok=True)
        for unit in ("kiosk.service", "kiosk-web.service"):
            (wanted / unit).symlink_to(f"/etc/systemd/system/{unit}")

    def leader(self) -> str:
        """The container's first process, as this machine numbers it."""
        found = run("pgrep", "-P", str(self.process.pid), check=False)
        return found.splitlines()[0] if found else ""

    def ask(self, *command: str) -> str:
        return run("nsenter", "-t", self.leader(), "-a", *command, check=False)

    def state(self, unit: str) -> tuple[str, str]:
        """("active", main process) of a unit."""
        told = self.ask("systemctl", "show", unit, "--property=ActiveState,MainPID,SubState")
        found = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        return found.get("ActiveState", ""), found.get("MainPID", "")

    def close(self) -> None:
        leader = self.leader()
        if leader:
            run("kill", "-s", "RTMIN+4", leader, check=False)  # systemd: power off
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        run("umount", str(self.root), check=False)
        run("umount", str(self.root.parent), check=False)


def back_after(machine: Booted, unit: str) -> float:
    """Stop the unit's main process dead; the seconds until another one says that it is ready."""
    _, before = machine.state(unit)
    start = time.monotonic()
    machine.ask("kill", "-STOP", before)

    def is_back() -> bool:
        state, now = machine.state(unit)
        return state == "active" and now not in ("0", before)

    until(is_back, 90, f"{unit} did not come back")
    return time.monotonic() - start


def main(times: int) -> None:
    machine = Booted()
    try:
        until(lambda: machine.leader() and machine.state("kiosk-web")[0] == "active", 90, "kiosk-web did not start")
        until(lambda: machine.state("kiosk")[0] == "active", 150, "kiosk did not start")
        for unit in ("kiosk", "kiosk-web"):
            took = [back_after(machine, unit) for _ in range(times)]
            worst = max(took)
            print(f"{unit}: {times} hangs, back after {min(took):.1f} to {worst:.1f} s", flush=True)
            assert worst <= BACK_WITHIN, f"{unit} took {worst:.1f} s"
        journal = machine.ask("journalctl", "--no-pager", "-o", "cat")
        print(f"{len(re.findall('Watchdog timeout', journal))} watchdog time-outs stand in the journal")
        assert "Traceback" not in journal
    finally:
        machine.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
