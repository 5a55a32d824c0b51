"""The doors of the house (docs/architecture.md): which room may import what, read from the imports themselves."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "kiosk"
LEAVES = ("text", "clock", "watchdog", "fonts", "pdf", "qr", "pictures", "words", "settings")
"""From the lowest: a leaf may import those before it."""

MAY_IMPORT = {
    "office": ("settings", "text", "clock", "words", "sqlalchemy", "alembic", "holidays", "argon2", "pysqlite3"),
    "printing": ("fonts", "pictures", "qr", "text", "PIL", "escpos", "serial", "usb", "pygame"),
    "voice": ("text", "words", "num2words", "pyttsx3", "pygame"),
    "screens": (*LEAVES, "office.types", "kivy", "PIL"),
    "reports": (*LEAVES, "office", "xlsxwriter"),
    "papers": (*LEAVES, "pydantic"),
    "web": (*LEAVES, "office", "reports", "papers", "authority", "voice.clips", "fastapi", "starlette", "jinja2",
            "markupsafe", "limits"),
    "audit": (*LEAVES, "office.types", "screens", "voice", "album", "wiring", "administer", "kivy", "PIL"),
    "desk": (*LEAVES, "office", "printing", "voice"), "lobby": (*LEAVES, "office", "voice"),
    "sheets": ("fonts", "pictures", "PIL"), "authority": ("clock", "cryptography"),
    "text": (), "clock": (), "watchdog": (), "fonts": (), "pdf": ("typst",), "qr": ("qrcode",),
    "pictures": ("resvg_py", "PIL"), "words": ("fluent",), "settings": ("pydantic",),
}  # fmt: skip
"""Room → rooms of ours and libraries. Leaves may also import the leaves before them."""
FREE = (
    "wiring", "trial", "album", "serving", "companion", "administer", "install", "checkup", "reporting", "voicing",
    "certifying", "papering", "forgetting", "__main__", "__init__",
)  # fmt: skip
"""They join the rooms, so they may import everything."""


def imports(source: str) -> Iterator[str]:
    """Every module that `source` imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "kiosk":
                yield from (f"kiosk.{alias.name}" for alias in node.names)


def forbidden(room: str, source: str) -> list[str]:
    """What a file of `room` imports and may not."""
    allowed = MAY_IMPORT[room]
    if room in LEAVES:
        allowed = (*allowed, *LEAVES[: LEAVES.index(room)])
    wrong = []
    for name in imports(source):
        if name == "kiosk" or name.split(".")[0] in sys.stdlib_module_names:
            continue
        short = name.removeprefix("kiosk.")
        own = short == room or short.startswith(f"{room}.")
        if not own and not any(short == door or short.startswith(f"{door}.") for door in allowed):
            wrong.append(name)
    return wrong


def files() -> list[tuple[str, Path]]:
    """(room, file) of the whole package."""
    return [(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path) for path in sorted(PACKAGE.rglob("*.py"))]


@pytest.mark.parametrize(
    ("room", "path"), [pair for pair in files() if pair[0] not in FREE], ids=lambda value: str(value)
)
def test_a_room_uses_only_its_doors(room: str, path: Path) -> None:
    assert forbidden(room, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "planted"),
    [
        ("office", "from kiosk.printing.worker import Worker"),
        ("office", "import kivy.app"),
        ("printing", "def f():\n    from kiosk.office import tickets"),
        ("voice", "import kiosk.printing"),
        ("screens", "from kiosk.office.tickets import Tickets"),
        ("screens", "from kiosk import desk"),
        ("web", "from kiosk.voice.player import Player"),
        ("clock", "from kiosk.words import Words"),
        ("desk", "import fastapi"),
        ("reports", "from kiosk.web.pages import Pages"),
        ("reports", "import typst"),
        ("papers", "from kiosk.office.tickets import Tickets"),
        ("papers", "from kiosk.wiring import spell_date"),
        ("pdf", "from kiosk.papers.draft import Draft"),
        ("authority", "from kiosk.office.today import machine_floors"),
        ("audit", "from kiosk.office.tickets import Tickets"),
    ],
)
def test_a_planted_import_is_found(room: str, planted: str) -> None:
    """The check can fail."""
    assert forbidden(room, planted)


def test_every_room_has_a_rule() -> None:
    assert {room for room, _ in files()} <= set(MAY_IMPORT) | set(FREE)


def test_only_migrate_imports_alembic() -> None:
    """The screen starts without it (DESIGN)."""
    users = {
        path.name for _, path in files() if any(name.startswith("alembic") for name in imports(path.read_text()))
    }
    assert users == {"migrate.py", "env.py", "v0001_first_tables.py", "v0002_counters.py", "v0003_survey.py"}


def test_no_module_works_at_import() -> None:
    """Only definitions stand at the top; Alembic's own entry is a script by design."""
    for _, path in files():
        if "migrations" in path.parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                raise AssertionError(f"{path.name} calls {ast.unparse(node.value)} at import")


def test_no_vietnamese_in_the_code() -> None:
    """Words for people live in assets/words and config."""
    letters = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹĂÂĐÊÔƠƯẤẦẨẪẬẮẰẲẴẶẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ")
    for _, path in files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if "# literal" not in line:
                assert not letters & set(line), f"{path.name}:{number}: {line.strip()}"
