"""Paper: a typst template, filled with data as JSON, becomes a PDF. For reports and for forms."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kiosk import fonts

if TYPE_CHECKING:
    import typst


class PaperError(Exception):
    """A paper that could not be set."""


def set_paper(template: Path, data: dict[str, Any], library: Path | None = None) -> bytes:
    """The PDF. The template may import the other .typ files of its folder, and those of `library`. What `data` holds
    is set as it is, never read as typst's own language, and nothing is written to disk. Raises PaperError."""
    made = _compile(template, data, library, "pdf")
    assert isinstance(made, bytes)
    return made


def draw_paper(template: Path, data: dict[str, Any], library: Path | None = None) -> list[bytes]:
    """The same, each page as SVG. Raises PaperError."""
    made = _compile(template, data, library, "svg")
    return made if isinstance(made, list) else [made]


def picture_paper(template: Path, data: dict[str, Any], library: Path | None = None) -> list[bytes]:
    """The same, each page as PNG, to be looked at. Raises PaperError."""
    made = _compile(template, data, library, "png")
    return made if isinstance(made, list) else [made]


_PPI = 110.0
"""Of PNG: an A4 page is 910 pixels wide, and every mark of a letter can be told apart."""
_WHERE = re.compile(r"main:(\d+)")
"""Where typst tells of a mistake: a line of the template."""


def _compile(
    template: Path, data: dict[str, Any], library: Path | None, form: Literal["pdf", "svg", "png"]
) -> bytes | list[bytes]:
    import typst  # late: the screen's process sets no paper, and starts without it

    folders = [folder for folder in (library, template.parent) if folder]
    try:
        files = {path.name: path.read_bytes() for folder in folders for path in folder.glob("*.typ")}
        made: Any = typst.compile(  # type: ignore[call-overload]  # its types do not know files in memory
            {**files, "main": template.read_bytes()}, font_paths=_fonts(), ignore_system_fonts=True, format=form,
            ppi=_PPI, sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )  # fmt: skip
    except typst.TypstError as error:
        raise PaperError(f"{template.name}{_told(error)}") from None
    except OSError as error:
        raise PaperError(f"{template.name} cannot be read: {error.strerror}") from None
    if isinstance(made, list):
        return [bytes(page) for page in made]
    return bytes(made)


def _told(error: typst.TypstError) -> str:
    """Where and what: , line 4: unknown variable: x."""
    what = error.message.removeprefix("assertion failed: ")
    lines = _WHERE.findall(error.diagnostic)  # the first is the cause, the others follow from it
    where = f", line {lines[0]}" if lines else ""
    if what.startswith("unclosed"):  # it tells where that begins which should have ended
        where += " or below"
    return f"{where}: {what}"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Libertinus Serif comes with typst; Noto Sans, for the charts, with the system."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(fonts.regular().parent)])
