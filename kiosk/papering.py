"""`kiosk papers`: which declarations and receipts there are, and how each looks when it is filled."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kiosk.administer import Mistake
from kiosk.clock import Clock, business_day
from kiosk.papers.draft import Draft, example
from kiosk.papers.forms import Form
from kiosk.papers.sheet import Printing, paper, pictures
from kiosk.papers.typed import Mistyped
from kiosk.pdf import PaperError
from kiosk.settings import Settings, SettingsError, load, nearest, places
from kiosk.web.papers_view import PaperDesk, Words

papers = typer.Typer(help="Declarations and receipts: which there are, and how they look.", no_args_is_help=True)


def try_forms(settings: Settings, clock: Clock) -> list[Form]:
    """Set every form with its own examples, coming and past ones too. Those in force today. Raises SettingsError,
    SpellingError at the first mistake."""
    from kiosk.wiring import load_papers, spell_date

    forms, in_words, today = load_papers(settings), spell_date(settings), business_day(clock.now())
    t = _staff_words(settings)
    for form in forms.all:
        draft = filled(form, today, t)
        try:
            paper(draft, in_words, today, Printing())
        except PaperError as error:
            raise SettingsError(form.path.name, "layout", f"{error}.", "Mend it there.") from None
    return list(forms.on(today).values())


def filled(form: Form, today: date, t: Words) -> Draft:
    """The form with its own examples. Raises SettingsError for one that could not be typed there, with what the
    officer would be told (`t`: officers' words)."""
    try:
        return example(form, {}, today)
    except Mistyped as wrong:
        key = f"field.{wrong.values['at']}.example"
        text = form.fields[str(wrong.values["at"])].example
        hint = "Give one that an officer could type; dates like 05/03/1960."
        told = t(wrong.key, **wrong.values)
        raise SettingsError(form.path.name, key, f'"{text}" is no answer to it: {told}', hint) from None


@papers.command("list")
def list_forms() -> None:
    """Every form: its fields, its circular, when it is in force, whether the office has confirmed it."""
    from kiosk.wiring import load_papers

    for form in load_papers(load(places())).all:
        file = form.file
        until = f"to {file.effective_to}" if file.effective_to else "on"
        asked = sum(bool(one.ask) and not one.optional for one in file.field)
        what = file.kind if file.kind == "receipt" else ", ".join(file.procedures) or "no procedure"
        typer.echo(f"{form.key:15} {file.title}")
        circular = " ".join(filter(None, (file.number, file.circular)))
        typer.echo(f"{'':15} {circular}; from {file.effective_from} {until}")
        state = "confirmed" if file.confirmed else "sample, not confirmed"
        typer.echo(f"{'':15} {len(file.field)} fields, {asked} asked at most; {what}; {state}; {form.path}")


@papers.command()
def preview(
    form: Annotated[str, typer.Argument(help="The form's key: kiosk papers list.")],
    out: Annotated[Path | None, typer.Option(help="The PDF to write; else var/preview/FORM.pdf.")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="Empty, to be filled in by hand.")] = False,
    finger: Annotated[bool, typer.Option("--finger", help="With boxes for fingerprints.")] = False,
    png: Annotated[bool, typer.Option("--png", help="Also as a picture, one a page.")] = False,
    day: Annotated[str, typer.Option("--on", help="As in force on this day, like 2027-03-01; else today.")] = "",
) -> None:
    """A form filled with its own examples, as PDF; and what is read back to the citizen."""
    from kiosk.wiring import load_papers, open_clock

    settings = load(places())
    today = _day(day) if day else business_day(open_clock().now())
    forms = load_papers(settings).on(today)
    if form not in forms:
        raise Mistake(f'"{form}" is no form in force on {today}. {nearest(form, forms)}')
    draft = filled(forms[form], today, _staff_words(settings))
    for path in write(settings, draft, today, out, _printing(settings, blank, finger), png=png):
        typer.echo(str(path))
    if not blank:
        _tell(settings, draft, today)


def _tell(settings: Settings, draft: Draft, today: date) -> None:
    """What is read back, as on the officers' page, and what the examples leave empty: no fault of the layout."""
    from kiosk.wiring import spell_date

    typer.echo("Read back:")
    for line in PaperDesk(draft, _staff_words(settings), today, spell_date(settings), ()).lines():
        typer.echo(f"  {' '.join(''.join(text for text, _ in line.pieces).split())}")
    empty = [key for key, one in draft.form.fields.items() if draft.counts(one) and not draft.value(key).kept]
    if empty:
        typer.echo(f"Empty, for they have no example: {', '.join(empty)}")


def write(settings: Settings, draft: Draft, today: date, out: Path | None, how: Printing, *, png: bool) -> list[Path]:
    """The files that were written. Raises Mistake, SpellingError."""
    from kiosk.wiring import spell_date

    key, in_words = draft.form.key, spell_date(settings)
    target = out.with_suffix(".pdf") if out else settings.places.home / "preview" / f"{key}.pdf"
    try:
        made = {target: paper(draft, in_words, today, how)}
        if png:
            for number, picture in enumerate(pictures(draft, in_words, today, how), 1):
                made[target.with_name(f"{target.stem}{'' if number == 1 else f'-{number}'}.png")] = picture
        target.parent.mkdir(parents=True, exist_ok=True)
        for path, content in made.items():
            path.write_bytes(content)
    except PaperError as error:
        raise Mistake(f"The form cannot be set: {error}") from None
    except OSError as error:
        raise Mistake(f"{target} cannot be written: {error.strerror}. Name another one: --out FILE") from None
    return list(made)


def _printing(settings: Settings, blank: bool, finger: bool) -> Printing:
    mark = "" if blank else _staff_words(settings)("papers-mark-example")
    return Printing(signing="finger" if finger else "sign", mark=mark, blank=blank)


def _staff_words(settings: Settings) -> Words:
    """The officers' words, by key. Raises WordsError."""
    from kiosk.wiring import load_staff_words

    words = load_staff_words(settings)
    return lambda key, **values: words.shown(key, "vi", **values)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistake(f'--on: "{text}" is no date; write it like 2027-03-01.') from None
