"""A PDF's words as a person reads them, and a form's own folder to break things in."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from kiosk.papers.draft import Draft, Value
from kiosk.papers.forms import Form, FormField
from kiosk.settings import load, places
from kiosk.wiring import load_papers, spell_date

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 26)
FORMS = {form.key: form for form in load_papers(load(places())).all}
IN_WORDS = spell_date(load(places()))

reads_pdf = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils reads the paper's words")


def lines_of(pdf: bytes) -> str:
    """The words, line by line."""
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def words_of(pdf: bytes) -> str:
    """The words without spaces and marks of a break, for a value may run over two lines."""
    return squeezed(lines_of(pdf))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def strays(pdf: bytes) -> list[str]:
    """Words that stand nearer than 10 mm to an edge of their page, or beyond it."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    told = done.stdout.decode()
    width, height = (float(side) for side in re.findall(r'<page width="(.*?)" height="(.*?)">', told)[0])
    least = 10 / 25.4 * 72
    found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', told)
    return [
        word for left, top, right, foot, word in found
        if float(left) < least or float(top) < least
        or float(right) > width - least or float(foot) > height - least
    ]  # fmt: skip


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def on_paper(one: FormField, kept: str) -> list[str]:
    """The ways in which a kept value may stand there."""
    if one.type == "date":
        year, month, day = [*kept.split("-"), "", ""][:3]
        return ["/".join(reversed(kept.split("-"))), f"ngày{day}tháng{month}năm{year}"]
    if one.type == "time":
        hour, minute = kept.split(":")
        return [f"{hour}giờ{minute}phút"]
    return [squeezed(kept), squeezed(kept.upper())]


def draft_of(form: Form, values: dict[str, str]) -> Draft:
    return Draft(form, {}, {key: Value(kept, "typed") for key, kept in values.items()})
