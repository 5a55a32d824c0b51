"""What a killed victim has left, weighed: what it told, what its database says, what the printer has seen.

The printer is a witness: within one life it has taken whole slips, one after the other, and at most one that was
begun and given up. So each byte has its job, and each job its bytes: `Ledger.weigh` says what does not fit.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import zxingcpp
from sqlalchemy import select, text

from kiosk.clock import business_day
from kiosk.office.database import Database
from kiosk.office.tables import PrintJobRow, TicketRow
from kiosk.office.types import PrintJob
from kiosk.printing.status import INITIALISE
from tests.printing.decoder import NotUnderstood, decode
from tests.printing.fake_printer import Shown

MOMENTS = (
    "before a number", "in the transaction", "queued", "before the first byte", "inside the slip", "at the barrier",
    "between slips",
)  # fmt: skip
"""Where a life ends. Queued: nothing of this life is printed yet; between slips: the last one is written down."""

Compose = Callable[[Database, PrintJob], bytes]


@dataclass
class Told:
    """What one life said of itself until it was killed."""

    touches: list[str] = field(default_factory=list)
    given: list[tuple[str, str, str]] = field(default_factory=list)
    ready: bool = False
    printed: bool = False


@dataclass
class Torn:
    """A slip that lies in the printer, begun and not ended: the job, what there is of it."""

    job: str
    bytes: bytes


class Ledger:
    """All lives of one office and one printer."""

    def __init__(self, file: Path, paper: Path, compose: Compose) -> None:
        """`file`: the database; `paper`: the printer's folder; `compose`: a job's bytes, as they should be."""
        self._file, self._paper, self._compose = file, paper, compose
        self.touches: list[str] = []
        self.given: dict[str, tuple[str, str]] = {}
        self.jobs: dict[str, PrintJobRow] = {}
        self.slips: dict[str, bytes] = {}
        self.seen = 0
        """So many kept slips of the printer have been weighed."""
        self.torn: Torn | None = None
        self.reprints: Counter[str] = Counter()
        """Ticket → slips ordered again."""
        self.unknown: dict[str, str] = {}
        """Job that was cut off → what of it was on paper."""
        self.moments: Counter[str] = Counter()
        self.cut_touches: Counter[str] = Counter()
        self.after_torn: list[str] = []
        """Files of the slips that came next after a torn one."""
        self.held: dict[str, tuple[str, str]] = {}
        """Touch → number and ticket, as the database had them after the last life, answered or not."""
        self.tokens: dict[str, str] = {}

    # ---- the database ----------------------------------------------------------------------------------------

    def weigh(self, told: Told, shown: Shown, now: datetime, killed: bool = True) -> list[str]:
        """Everything that is not as it must be after this life. `now`: the office's time in it."""
        copy = self._file.with_name("evidence.db")
        for ending in ("", "-wal", "-journal"):
            # The dead one's own file stays as it is: the next life finds it so
            Path(f"{copy}{ending}").unlink(missing_ok=True)
            if Path(f"{self._file}{ending}").exists():
                shutil.copyfile(f"{self._file}{ending}", f"{copy}{ending}")
        database = Database(f"sqlite:///{copy}")
        try:
            with database.read() as session:
                tickets = list(session.execute(select(TicketRow)).scalars())
                jobs = list(session.execute(select(PrintJobRow).order_by(PrintJobRow.id)).scalars())
                sound = str(session.execute(text("PRAGMA integrity_check")).scalar())
            wrong = [] if sound == "ok" else [f"the database is corrupt: {sound}"]
            wrong += self._numbers(told, tickets)
            wrong += self._jobs(jobs, {row.id: row for row in tickets})
            wrong += self._paper_of(told, jobs, database, shown, now, killed)
        finally:
            database.close()
        self.jobs, self.tokens = {row.id: row for row in jobs}, {row.id: row.token for row in tickets}
        return wrong

    def read_by_a_phone(self, names: Sequence[str]) -> list[str]:
        """Slips that a printer which is none of ours would not print, or whose code is not their ticket's."""
        wrong = []
        tickets = {data: self.jobs[job].ticket_id for job, data in self.slips.items()}
        for name in names:
            data = (self._paper / name).read_bytes()
            try:
                codes = [one.text for one in zxingcpp.read_barcodes(decode(data, 576).image())]
            except NotUnderstood as error:
                codes = [str(error)]
            token = self.tokens[tickets[data]] if data in tickets else "?"
            if len(codes) != 1 or not codes[0].endswith(f"/t/{token}"):
                wrong.append(f"{name} leads to {codes}, not to {token}")
        return wrong

    def _numbers(self, told: Told, tickets: Sequence[TicketRow]) -> list[str]:
        self.touches += [touch for touch in told.touches if touch not in self.given]
        wrong = []
        for touch, code, ticket in told.given:
            if self.given.setdefault(touch, (code, ticket)) != (code, ticket):
                wrong.append(f"{touch} got {code} and before {self.given[touch][0]}")
        held = {row.touch_id: (f"{row.series}{row.number:03d}", row.id) for row in tickets}
        wrong += [f"{touch} was told {had[0]}, the database has {held.get(touch)}"
                  for touch, had in self.given.items() if held.get(touch) != had]  # fmt: skip
        wrong += [f"{touch} had {had[0]} and has {held.get(touch)}"
                  for touch, had in self.held.items() if held.get(touch) != had]  # fmt: skip
        self.held, asked = held, set(self.touches)
        wrong += [f"nobody asked for {code}" for touch, (code, _) in held.items() if touch not in asked]
        series: dict[object, list[int]] = {}
        for row in tickets:
            series.setdefault((row.day, row.series), []).append(row.number)
        wrong += [f"numbers of {key}: {sorted(found)}" for key, found in series.items()
                  if sorted(found) != list(range(1, len(found) + 1))]  # fmt: skip
        for touch in told.touches:
            if touch not in {one for one, _, _ in told.given}:
                self.cut_touches["given" if touch in held else "not given"] += 1
        return wrong

    def _jobs(self, jobs: Sequence[PrintJobRow], tickets: dict[str, TicketRow]) -> list[str]:
        first = Counter(row.ticket_id for row in jobs if row.kind == "slip")
        again = Counter(row.ticket_id for row in jobs if row.kind == "reprint")
        wrong = [f"ticket {key} has {first[key]} jobs" for key in tickets if first[key] != 1]
        wrong += [f"ticket {key} was ordered again {count} times" for key, count in again.items()
                  if count > self.reprints[key]]  # fmt: skip
        there = {row.id for row in jobs}
        return wrong + [f"job {key} is gone" for key in self.jobs if key not in there]

    def fits(self, before: PrintJobRow, now: PrintJobRow, today: bool, settled: bool) -> bool:
        """Whether a job that an earlier life has left so may stand so now."""
        if before.state == "printing":
            cut_off = (now.state, now.reason) == ("unknown", "cut-off")
            return cut_off or (now.state == "printing" and not settled)
        if before.state == "queued" and not today:
            return now.state == "expired" or (now.state == "queued" and not settled)
        return before.state == "queued" or (before.state, before.reason) == (now.state, now.reason)

    # ---- the paper -------------------------------------------------------------------------------------------

    def _paper_of(
        self, told: Told, jobs: Sequence[PrintJobRow], database: Database, shown: Shown, now: datetime, killed: bool
    ) -> list[str]:
        """Each job that this life has touched, against what the printer took meanwhile."""
        wrong, kept = [], list(shown.kept)
        worked = []
        for row in jobs:
            before = self.jobs.get(row.id)
            if before is not None and not self.fits(before, row, before.day == business_day(now), told.ready):
                wrong.append(f"job {row.id} was {before.state} and is {row.state} {row.reason}")
            if row.state in ("printing", "printed", "unknown", "failed") and (not before or before.state == "queued"):
                worked.append(row)
        if self.torn is not None:
            wrong += self._ended(self.torn, kept, shown.begun)
        begun = b"" if self.torn else shown.begun.removeprefix(INITIALISE)
        moment = ""
        for row in worked:
            job = PrintJob(row.id, row.kind, row.ticket_id, row.state, "", 0)  # type: ignore[arg-type]
            whole = self.slips[row.id] = self._compose(database, job)
            name, answered = kept[0] if kept else ("", False)
            came = bool(name) and (self._paper / name).read_bytes() == whole
            if came:
                kept.pop(0)
            if row.state == "printed" and not (came and answered and not row.reason):
                seen = f"{'whole' if came else 'not whole'}, {'answered' if answered else 'not answered'}"
                wrong.append(f"job {row.id} is printed {row.reason}, the witness saw it {seen}")
            elif row.state == "printing":
                torn = bool(begun) and whole.startswith(shown.begun)
                moment = "at the barrier" if came else "inside the slip" if torn else "before the first byte"
                self.unknown[row.id] = (
                    ("whole, answered" if answered else "whole, not answered") if came
                    else "torn" if torn else "not a byte"
                )  # fmt: skip
                if torn and not came:
                    self.torn, begun = Torn(row.id, shown.begun), b""
            elif row.state in ("unknown", "failed"):
                wrong.append(f"job {row.id} is {row.state} {row.reason}, though nothing but a kill happened")
        wrong += [f"{name} is the slip of no job of this life" for name, _ in kept]
        if begun:
            wrong.append(f"{len(begun)} bytes of a slip that no job has begun")
        if sum(row.state == "printing" for row in jobs) > 1:
            wrong.append("two jobs are being printed")
        self.seen += len(shown.kept)
        if killed:
            self.moments[moment or self._moment(told)] += 1
        return wrong

    def _ended(self, torn: Torn, kept: list[tuple[str, bool]], begun: bytes) -> list[str]:
        """The slip that the life before has left in the printer: still there, or ended by NULs and the next."""
        if not kept and begun.startswith(torn.bytes):
            return [] if not begun[len(torn.bytes) :].strip(b"\0") else ["what was torn has grown"]
        self.torn = None
        if not kept:
            return ["what was torn has gone without a trace"]
        name, _ = kept.pop(0)
        data, whole = (self._paper / name).read_bytes(), self.slips[torn.job]
        if kept:
            self.after_torn.append(kept[0][0])
        if not data.startswith(torn.bytes) or data[len(torn.bytes) :].strip(b"\0"):
            return [f"{name} is not what was torn"]
        if name.endswith(".bin"):
            self.unknown[torn.job] = "whole, not answered"  # cut off within the cut: NULs make it whole
            return [] if data[:-4] == whole[:-4] else [f"{name} was cut, and is no slip"]
        return []

    def _moment(self, told: Told) -> str:
        """Where a life has ended that was not printing."""
        if len(told.touches) > len(told.given):
            return "in the transaction"
        if not told.touches and not told.printed:
            return "before a number"
        return "between slips" if told.printed else "queued"
