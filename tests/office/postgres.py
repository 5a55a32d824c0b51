"""A PostgreSQL server of the tests' own, on a socket in a temporary folder: no port, no password, gone afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPTIONS = "-c max_connections=40 -c fsync=off -c lock_timeout=15s -c idle_in_transaction_session_timeout=20s"
"""Whatever hangs ends by itself, so that a mistake does not hang the tests."""


def programs() -> Path | None:
    """The folder of initdb and pg_ctl of the newest PostgreSQL of this machine; None = there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The URL of an empty database, as long as the block lasts."""
    bin_folder = programs()
    assert bin_folder
    # It refuses to run as root: Debian's package brings a user for it
    by = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder.chmod(0o755)
    data, socket = folder / "data", folder / "socket"
    for made in (data, socket):
        made.mkdir(mode=0o700)
        if by:
            subprocess.run(["chown", "postgres", str(made)], check=True)

    def run(program: str, *arguments: str) -> None:
        command = [*by, str(bin_folder / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", timeout=60)

    run("initdb", "-D", str(data), "-U", "kiosk", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    run("pg_ctl", "-D", str(data), "-w", "-o", f"-k {socket} -h '' {OPTIONS}", "-l", str(socket / "log"), "start")
    try:
        yield f"postgresql+psycopg://kiosk@/postgres?host={socket}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
