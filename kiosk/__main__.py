"""The command `kiosk`. A mistake in the office's files ends with one clear sentence and exit code 2."""

from __future__ import annotations

import logging
import signal
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from kiosk.administer import Administration, Mistake
from kiosk.install import InstallError
from kiosk.office.database import Database, DatabaseError
from kiosk.office.figures import CsvError
from kiosk.papering import papers
from kiosk.settings import Settings, SettingsError, load, places
from kiosk.voice.packs import PackError
from kiosk.voice.spelling import SpellingError
from kiosk.voicing import voice
from kiosk.watchdog import Watchdog
from kiosk.words import WordsError

cli = typer.Typer(
    help="The lobby kiosk of a one-stop office. Folders: KIOSK_HOME (data) and KIOSK_CONFIG (settings).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

MISTAKES = (SettingsError, WordsError, SpellingError, PackError, DatabaseError, Mistake, CsvError, InstallError)
"""What a technician can mend: told in one sentence, never as a traceback."""


def main() -> None:
    """Run a command."""
    cli.add_typer(voice, name="voice")
    cli.add_typer(papers, name="papers")
    try:
        cli()
    except MISTAKES as mistake:
        typer.echo(f"kiosk: {mistake}", err=True)
        sys.exit(2)
    except PermissionError as error:
        typer.echo(f"kiosk: {error.filename}: permission denied. Give the kiosk's user the right to it.", err=True)
        sys.exit(2)


@cli.command()
def run(
    trial: Annotated[bool, typer.Option(help="A trial with its own day and data, without paper.")] = False,
) -> None:
    """Start everything on one machine: the screen, and the pages for counters, board and phones."""
    settings = _settings()
    if trial:
        from kiosk.trial import run_trial

        run_trial(settings, typer.echo)
        return
    from kiosk.companion import pages

    migrate()
    with pages(settings, typer.echo, {}):
        _run_screen(settings)


@cli.command()
def screen() -> None:
    """The lobby's touch screen, with printer and loudspeaker."""
    _run_screen(_settings())


@cli.command()
def web(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Another port than office.toml's; 0 = that one.")] = 0,
) -> None:
    """Counters, lobby board and the pages for phones."""
    from kiosk.serving import serve
    from kiosk.wiring import open_clock

    settings = _settings()
    if port:
        settings = replace(settings, web=settings.web.model_copy(update={"port": port}))
    serve(settings, open_clock(), typer.echo)


@cli.command()
def forget(
    prove: Annotated[bool, typer.Option(help="Fill and finish papers in an office made for it; search.")] = False,
    visits: Annotated[int, typer.Option(min=1, max=1000, help="With --prove: how many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Forget what is kept of visits' papers, now; with --prove, show that nothing stays of them."""
    from kiosk.forgetting import forget as forget_all
    from kiosk.forgetting import show_proof

    if prove:
        raise typer.Exit(show_proof(_settings(), visits, typer.echo, as_json=as_json))
    typer.echo(f"{forget_all(_settings())} visits' papers were kept, and are gone.")


@cli.command()
def migrate() -> None:
    """Bring the database to what this version needs, a damaged one rescued, an old one copied first."""
    from kiosk.office.migrate import migrate as bring_up
    from kiosk.office.rescue import make_sound
    from kiosk.wiring import open_clock

    settings, now = _settings(), open_clock().now()
    queues = [(settings.office.site, letter) for letter in settings.series]
    rescued = make_sound(settings.database_url, settings.backup_folders, now, queues)
    if rescued:
        typer.echo(rescued)
        _tell_health(settings, "database", "rescued", rescued)
    typer.echo(bring_up(settings.database_url, now))


@cli.command()
def backup() -> None:
    """A checked copy of the database into every backup folder, now."""
    from kiosk.office.health import HealthBoard
    from kiosk.office.nightly import back_up_everywhere
    from kiosk.wiring import open_clock

    settings, clock = _settings(), open_clock()
    database = Database(settings.database_url)
    database.check_version()
    board = HealthBoard(database, settings.office.site, clock)
    failed = back_up_everywhere(
        settings.database_url, settings.backup_folders, clock.now(), settings.backup.keep, board
    )
    for folder, trouble in failed:
        typer.echo(f"kiosk: {folder}: {trouble}", err=True)
    typer.echo(f"{len(settings.backup_folders) - len(failed)} of {len(settings.backup_folders)} backups were made.")
    if failed:
        raise typer.Exit(1)


@cli.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="The backup; without one, all are listed.")] = None,
) -> None:
    """Put a backup in the database's place; the services must be stopped. The present file is kept."""
    from kiosk.office.backup import backups
    from kiosk.office.rescue import restore as put_back
    from kiosk.wiring import open_clock

    settings = _settings()
    if file is None:
        found = [one for folder in settings.backup_folders for one in backups(folder)]
        for one in found:
            typer.echo(str(one))
        typer.echo("Choose one: kiosk restore FILE" if found else "There are no backups yet.")
        return
    typer.echo(put_back(settings.database_url, file, open_clock().now()))


@cli.command()
def check(
    print_slip: Annotated[bool, typer.Option("--print", help="Also print a test slip.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Look at everything: settings first (the first mistake ends it), then machine, printer, voice, data, clock."""
    from kiosk.checkup import Checkup, report
    from kiosk.papering import try_forms
    from kiosk.wiring import check as look
    from kiosk.wiring import open_clock

    settings, clock = _settings(), open_clock()
    look(settings, clock)
    try_forms(settings, clock)
    findings = Checkup(settings, clock, print_slip=print_slip).run()
    if not report(findings, typer.echo, as_json=as_json):
        raise typer.Exit(1)


@cli.command("officers")
def officers(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Who may sign in at the counters."""
    _administration().list(typer.echo, as_json=as_json)


@cli.command("officer-add")
def officer_add(
    login: str,
    name: Annotated[str, typer.Option(help="As it stands on the console.")],
    role: Annotated[str, typer.Option(help="officer, supervisor or administrator.")] = "officer",
) -> None:
    """Let somebody sign in; asks for a password."""
    _administration().add(login, name, role, typer.echo)


@cli.command("officer-password")
def officer_password(login: str) -> None:
    """Give somebody a new password; also lets in who was locked out."""
    _administration().set_password(login, typer.echo)


@cli.command("import-earlier")
def import_earlier(file: Annotated[Path, typer.Argument(help="CSV: date, dossiers.")]) -> None:
    """Take in how many dossiers were handled before this program."""
    _administration().import_earlier(file, typer.echo)


@cli.command()
def install(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take it back; data and settings stay.")] = False,
    root: Annotated[Path, typer.Option(help="Write the files below this folder, run no command.")] = Path("/"),
) -> None:
    """User, folders, services, udev rule and journal limits of a kiosk machine; as root, as often as wanted."""
    from kiosk.install import Installer

    taken = Installer(Path(__file__).parents[1], root).run(typer.echo, dry=dry_run, uninstall=uninstall)
    typer.echo("Everything is as it should be." if not taken else f"{taken} steps.")


@cli.command()
def report(
    quarter: Annotated[str, typer.Option(help="Like 2026Q3; else the newest one that is published.")] = "",
    thursday: Annotated[str, typer.Option(help="Also the page of a Thursday, like 2026-09-17.")] = "",
    folder: Annotated[Path | None, typer.Option(help="Where to; else var/reports.")] = None,
) -> None:
    """What the survey says, as PDF, workbook and CSV; the same files as the links of the results page."""
    from kiosk.reporting import write

    for path in write(_settings(), quarter, thursday, folder):
        typer.echo(str(path))


@cli.command()
def card(file: Annotated[Path | None, typer.Option(help="Where to; else var/card.pdf.")] = None) -> None:
    """The card for the counters: the code that joins the office's Wi-Fi, and the survey's. A5, to be printed."""
    from kiosk.reporting import write_card

    settings = _settings()
    typer.echo(str(write_card(settings, file)))
    if settings.wifi is None:
        typer.echo("office.toml has no [wifi], so the card shows the survey's code only; name the network there.")


@cli.command("demo-data")
def demo_data(
    years: Annotated[int, typer.Option(min=1, max=10, help="So many years up to today.")] = 3,
    per_thursday: Annotated[int, typer.Option(min=1, max=300, help="Numbers given on a Thursday.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed makes the same history.")] = 1,
) -> None:
    """A made-up history for trying the pages; only into an empty database, or a trial's."""
    from kiosk.office.demo import Demo
    from kiosk.office.holding import database_file
    from kiosk.wiring import load_staff_words, open_clock

    settings, clock = _settings(), open_clock()
    words = load_staff_words(settings)
    database = Database(settings.database_url)
    database.check_version()
    file = database_file(settings.database_url)
    names = [words.shown("demo-officer", "vi", number=number) for number in (1, 2, 3)]
    texts = [words.shown(f"demo-comment-{number}", "vi") for number in range(1, 7)]
    trial = file is not None and file.name == "trial.db"
    made = Demo(settings, database, clock, seed).write(years, per_thursday, names, texts, trial=trial)
    typer.echo(
        f"{made.thursdays} Thursdays, {made.tickets} numbers, {made.responses} answers to the survey and "
        f"{made.comments} comments were made up."
    )


@cli.command()
def album(
    folder: Annotated[Path | None, typer.Option(help="Where to; else var/album.")] = None,
    text_off: Annotated[bool, typer.Option("--text-off", help="Without words, as who cannot read sees it.")] = False,
) -> None:
    """Every screen in every size, language and look as PNG, on one page."""
    from kiosk.album import SIZES, draw, looks, page
    from kiosk.screens.environment import screens_apart

    settings = _settings()
    settings = replace(settings, screen=settings.screen.model_copy(update={"text_off": text_off}))
    target = folder or settings.places.home / "album"
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("[0-9]*.png"):
        old.unlink()
    faces = [(size, low) for size in SIZES for low in looks(size)]
    jobs = [(settings, size, language, target, low) for size, low in faces for language in ("vi", "en")]
    with screens_apart(2) as pool:
        problems = [line for lines in pool.starmap(draw, jobs, chunksize=1) for line in lines]
    for line in problems:
        typer.echo(line, err=True)
    typer.echo(f"{len(list(target.glob('[0-9]*.png')))} pictures: {page(target)}")
    if problems:
        raise typer.Exit(1)


@cli.command()
def pictograms(folder: Annotated[Path | None, typer.Option(help="Where to; else var/pictograms.")] = None) -> None:
    """Contact sheets of every picture: at 80 and 320 px, as it is, as a deuteranope sees it, and in grey."""
    from kiosk.sheets import contact_sheets
    from kiosk.wiring import load_pictures

    settings = _settings()
    target = folder or settings.places.home / "pictograms"
    try:
        for path in contact_sheets(load_pictures(settings), target):
            typer.echo(str(path))
    except OSError as error:
        raise Mistake(f"{target} cannot be written: {error.strerror}. Name another one: --folder DIR") from None


@cli.command()
def fieldtest(
    file: Annotated[Path | None, typer.Option(help="Where to; else var/fieldtest.pdf.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same order.")] = 1,
) -> None:
    """A4 forms to try the pictures with people here: no captions, mixed order, answers to tick, a page to sum up."""
    from kiosk.reporting import write_fieldtest

    typer.echo(str(write_fieldtest(_settings(), file, seed)))


@cli.command()
def audit(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    page: Annotated[Path | None, typer.Option("--html", help="Also a page with the worst places marked.")] = None,
    size: Annotated[list[str] | None, typer.Option(help='Only this glass: 21, 15 or 10. Can be repeated.')] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only this language: vi or en. Can be repeated.")] = None,
) -> None:
    """Walk every screen by touches and measure it against the accessibility page. Exit code 1: a row is broken."""
    from kiosk.audit.ordering import audit_from

    if not audit_from(_settings(), size or [], language or [], page, typer.echo, as_json=as_json):
        raise typer.Exit(1)


@cli.command()
def certificate(
    renew: Annotated[bool, typer.Option("--renew", help="A new server certificate now; nobody trusts anew.")] = False,
    new_authority: Annotated[
        bool, typer.Option("--new-authority", help="Begin anew: every counter has to trust again.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """The office's certificate authority for HTTPS: its fingerprint, names and dates."""
    from kiosk.certifying import certificate as told

    told(_settings(), typer.echo, renew=renew, new_authority=new_authority, yes=yes, as_json=as_json)


@cli.command("version")
def show_version() -> None:
    """The version of this program."""
    typer.echo(version("kiosk"))


def _settings() -> Settings:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_worth_reading)
    return load(places())


def _tell_health(settings: Settings, device: str, state: str, detail: str) -> None:
    from kiosk.office.health import HealthBoard
    from kiosk.wiring import open_clock

    database = Database(settings.database_url)
    HealthBoard(database, settings.office.site, open_clock()).report(device, state, detail)
    database.close()


def _administration() -> Administration:
    from kiosk.wiring import open_clock

    return Administration(_settings(), open_clock())


def _worth_reading(record: logging.LogRecord) -> bool:
    """Libraries speak from warnings on; Kivy sets its own level as it is imported, so the handler decides."""
    return record.levelno >= logging.WARNING or record.name.startswith("kiosk")


def _run_screen(settings: Settings) -> None:
    from kiosk.wiring import build_screen, open_clock

    lobby = build_screen(settings, open_clock())
    watchdog = Watchdog(lobby.desk.minds())
    lobby.app.on_tick = watchdog.pat
    # systemd stops with SIGTERM: the slip being printed is finished first
    signal.signal(signal.SIGTERM, lambda *_: lobby.app.stop())
    lobby.start()
    try:
        lobby.app.run()
    finally:
        watchdog.stopping()
        lobby.stop()


if __name__ == "__main__":
    main()
