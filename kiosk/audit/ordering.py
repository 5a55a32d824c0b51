"""The audit as a command: what was asked for, checked; what was found, told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.administer import Mistake
from kiosk.album import SIZES
from kiosk.audit import report
from kiosk.audit.run import LANGUAGES, audit
from kiosk.settings import Settings, nearest


def audit_from(
    settings: Settings, sizes: Sequence[str], languages: Sequence[str], page: Path | None,
    tell: Callable[[str], None], *, as_json: bool = False,
) -> bool:  # fmt: skip
    """Audit these sizes and languages (none = all); whether every row holds. Raises Mistake for one that is unknown,
    and for a page that cannot be written."""
    _check("size", sizes, tuple(SIZES))
    _check("language", languages, LANGUAGES)
    if page is not None and not page.resolve().parent.is_dir():
        raise Mistake(f"{page}: there is no such folder.")
    results = audit(settings, sizes or tuple(SIZES), languages or LANGUAGES, pictures=page is not None)
    tell(report.as_json(results) if as_json else report.table(results))
    if page is not None:
        page.write_text(report.page(results), encoding="utf-8")
    return all(result.holds for result in results)


def _check(what: str, asked: Sequence[str], known: Sequence[str]) -> None:
    for one in asked:
        if one not in known:
            raise Mistake(f'there is no {what} "{one}". {nearest(one, known) or "Known: " + ", ".join(known) + "."}')
