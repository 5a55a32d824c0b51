"""Settings of an office for one test: the shipped ones, on this machine only, at a port that nobody has."""

from __future__ import annotations

import socket
from pathlib import Path

from kiosk.settings import places


def settings_at_a_free_port(folder: Path) -> tuple[Path, int]:
    """A copy of the shipped settings in `folder`, for KIOSK_CONFIG, and the port that its pages will have."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    config = folder / "config"
    config.mkdir()
    for file in places().config.glob("*.toml"):
        text = file.read_text(encoding="utf-8").replace('host = "0.0.0.0"', 'host = "127.0.0.1"')
        (config / file.name).write_text(text.replace("port = 8080", f"port = {port}"), encoding="utf-8")
    return config, port
