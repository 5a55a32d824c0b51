"""Reports on paper: a typst template of assets/papers, filled with words, figures and the page's own charts."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from kiosk import fonts


class PaperError(Exception):
    """A report that could not be set."""


def set_paper(template: Path, data: dict[str, Any]) -> bytes:
    """The PDF. What `data` holds is set as it is, never read as typst's own language. Raises PaperError."""
    try:
        made = typst.compile(
            template, root=template.parent, font_paths=_fonts(), ignore_system_fonts=True, format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )  # fmt: skip
    except typst.TypstError as error:
        raise PaperError(f"{template.name}: {error.message}") from None
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Libertinus Serif comes with typst; Noto Sans, for the charts, with the system."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(fonts.regular().parent)])
