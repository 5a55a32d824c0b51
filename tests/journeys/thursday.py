"""The people and the machines of a crowded Thursday: who comes and how they behave, the lobby's screen in a process
of its own, and officers who work in a browser with keys and clicks.

python -m tests.journeys.thursday    the lobby screen; orders come on stdin, answers go to stdout, one JSON a line

Everything that is asked for stands in `crowd`, made from one seed. Times are the office's; nothing waits by itself:
who waits, waits for something to become true.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import random
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Error, Locator, Page

from kiosk.clock import TrialClock
from kiosk.settings import Settings
from kiosk.voice.clips import Clip
from kiosk.voice.player import OnEnd, RecordingPlayer, SilentPlayer

PACE = 150.0
"""Ten hours in four minutes."""
OPENS, LUNCH, AFTERNOON, CLOSES = time(7, 0), time(11, 30), time(13, 30), time(17, 0)
LAST_CALL, LAST_VISIT, HANDS_HELP, GOING_HOME = time(11, 0), time(11, 8), time(16, 12), time(17, 5)
"""Nobody is called any more before lunch (they keep their place), nobody begins a visit; officers give the numbers
that are left by hand; whoever still waits goes home."""
TRIES = 6
"""So often does an officer press a key before giving up."""
SELDOM = 0.4
"""Seconds between two looks of somebody who waits for time to pass: the machine has other work."""
HAND_RESTS = 1.0
"""Seconds between two numbers given by hand."""


# ---- citizens ------------------------------------------------------------------------------------------


@dataclass
class Citizen:
    """Somebody who comes, and how they behave; then what became of them."""

    number: int
    tile: str
    group: str = ""
    papers: tuple[bool, ...] = ()
    priority: str = ""
    minutes: int = 15
    """How long the counter takes."""
    dossiers: int = 1
    absences: int = 0
    """So often nobody comes when they are called; three = never."""
    moves_to: int = 0
    """The counter that really deals with it."""
    fetches: str = ""
    """ "back": goes for a paper and comes back; "gone": does not."""
    result: bool = False
    """Waits for the result and takes it home today."""
    slip_of_hand: str = ""
    """What the officer presses by mistake and takes back: X too early, or T for the wrong moment."""
    by_hand: int = 0
    """The counter that gave the number; 0 = the screen."""
    code: str = ""
    begun: datetime | None = None
    seen: asyncio.Event = field(default_factory=asyncio.Event)
    """Is at the counter when called (the one with the phone: when it has shown the call)."""


def crowd(settings: Settings, size: int, seed: int, *, given_first: int) -> list[Citizen]:
    """`size` citizens, evenly over the queues; the first `given_first` at each counter get their number by hand."""
    dice = random.Random(seed)
    groups = {leaf: key for key, tile in settings.tiles.items() for leaf in tile.opens}
    leaves = {
        letter: [key for key, tile in settings.tiles.items() if tile.series == letter] for letter in settings.series
    }
    reasons = [row.key for row in settings.priorities]
    people = []
    for number in range(size):
        letter = sorted(leaves)[number % len(leaves)]
        by_hand = settings.series[letter].counters[0] if number < given_first * len(leaves) else 0
        key = "unsure" if by_hand else dice.choice(leaves[letter])
        tile = settings.tiles[key]
        people.append(
            Citizen(
                number, key, "" if by_hand else groups.get(key, ""),
                papers=tuple(dice.random() < 0.8 for _ in tile.documents),
                priority=dice.choice(reasons) if not by_hand and dice.random() < 0.4 else "",
                minutes=dice.randint(10, 24), dossiers=dice.choice((0, 1, 1, 1, 2)), result=dice.random() < 0.5,
                by_hand=by_hand,
            )
        )  # fmt: skip
    # What must happen on this day, whoever it happens to: priority beside those who wait already, and oddities
    first = given_first * len(leaves)
    early = [people[first], people[first + len(leaves)]]
    for one, reason in zip(early, reasons, strict=False):
        one.priority = reason
    odd = dice.sample([one for one in people[first - len(leaves) : size * 2 // 3] if one not in early], 16)
    for one in odd[:3]:
        one.absences = 3
    for one in odd[3:6]:
        one.absences = 1
    for one in odd[6:10]:
        one.moves_to = 1 + (settings.series[_letter(settings, one)].counters[0] + dice.randint(0, 1)) % 3
    for one in odd[10:13]:
        one.fetches = "back"
    odd[13].fetches = "gone"
    odd[14].slip_of_hand, odd[15].slip_of_hand = "X", "T"
    return people


def _letter(settings: Settings, one: Citizen) -> str:
    home = {counters.counters[0]: letter for letter, counters in settings.series.items()}
    return home[one.by_hand] if one.by_hand else settings.tiles[one.tile].series


# ---- the lobby's screen, in its own process --------------------------------------------------------------


class SwiftSpeaker(SilentPlayer):
    """A loudspeaker as fast as the day: a sentence of four seconds takes four seconds of the office's time."""

    available = True

    def __init__(self, pace: float) -> None:
        super().__init__("swift")
        self._pace = pace

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self._alarm.set(clip.seconds / self._pace, on_end)


class Ear(RecordingPlayer):
    """The virtual speaker with a diary of the calls that outlives its process."""

    def __init__(self, diary: Path, pace: float) -> None:
        super().__init__(SwiftSpeaker(pace))
        self._diary = diary.open("a", buffering=1, encoding="utf-8")

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        call = clip.prompt.key.startswith("call-")

        def ended() -> None:
            if call:
                self._write(clip, "heard")
            if on_end:
                on_end()

        if call:
            self._write(clip, "begun")
        super().play(clip, ended)

    def _write(self, clip: Clip, what: str) -> None:
        self._diary.write(f"{what} {clip.prompt.key}\n")


def lobby_screen() -> None:
    """The real application, off-screen, and before it one visitor after another, as ordered."""
    from kiosk.settings import load, places
    from kiosk.wiring import build_screen, open_clock

    settings, clock = load(places()), open_clock()
    ear = Ear(settings.places.home / "heard.txt", clock.span(timedelta(seconds=1)).total_seconds())
    lobby = build_screen(settings, clock, player=ear, offscreen=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    lobby.start()
    lobby.app.open()
    from kiosk.screens.driver import Hand
    from kiosk.screens.pieces import Picture

    hand, orders = Hand(lobby.app), queue.SimpleQueue[str]()
    threading.Thread(target=lambda: [orders.put(line) for line in sys.stdin], daemon=True).start()

    def tell(**news: Any) -> None:
        print(json.dumps(news), flush=True)

    def press(target: str, *screens: str) -> None:
        hand.press(target)
        hand.until(lambda: lobby.app.visit.view.screen in screens, 30, f"{target} did not lead to {screens}")

    def visit(order: dict[str, Any]) -> None:
        """One person takes a number."""
        hand.until(lambda: lobby.app.visit.view.screen == "attract", 30, "the screen is not open")
        tell(begun=clock.now().isoformat())
        press("start", "service", "crowded")
        if lobby.app.visit.view.screen == "crowded":
            press("yes", "service")
        if order["group"]:
            page = lobby.app.visit.view
            hand.press(order["group"])
            hand.until(lambda: lobby.app.visit.view is not page, 30, "the group did not open")
        press(order["tile"], "bring", "confirm")
        for there in order["papers"]:
            page = lobby.app.visit.view
            hand.press("yes" if there else "no")
            hand.until(lambda page=page: lobby.app.visit.view is not page, 30, "the next paper was not asked for")  # type: ignore[misc]
        hand.on("confirm")
        if order["priority"]:
            hand.press(order["priority"])
        tell(confirms=order["number"])
        press("yes", "ticket")
        tell(code=lobby.app.visit.view.code)
        lobby.app.visit.home()  # who has read the number goes; the next one does not wait for the 25 seconds

    tell(up=True)
    try:
        while True:
            try:
                order = json.loads(orders.get_nowait())
            except queue.Empty:
                hand.pump()
                continue
            if "look" in order:
                screen = order["look"]
                hand.until(lambda screen=screen: lobby.app.visit.view.screen == screen, 30, f"no {screen} screen")  # type: ignore[misc]
                hand.photograph(Path(order["photo"]))
                pictures = [one.name for one in lobby.app.glass.walk() if isinstance(one, Picture)]
                tell(targets=[*hand.targets(), *pictures])
            else:
                visit(order)
    finally:
        lobby.stop()


class Process:
    """A process of the office whose words are kept; it can be killed and started again."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command, self._log = [sys.executable, "-m", *command], log
        self._environment: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None
        self.told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def start(self, environment: dict[str, str] | None = None) -> None:
        """Begin, or begin anew in the same `environment`; what an earlier life has told is forgotten."""
        self._environment = environment or self._environment
        with self._log.open("a") as log:
            process = subprocess.Popen(
                self._command, env={**os.environ, **self._environment}, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        told = self.told = queue.SimpleQueue()

        def listen() -> None:
            assert process.stdout
            for line in process.stdout:
                if line.startswith("{"):
                    told.put(json.loads(line))
            process.stdout.close()

        threading.Thread(target=listen, daemon=True).start()
        self.process = process

    def say(self, **order: Any) -> None:
        """An order to it."""
        assert self.process and self.process.stdin
        print(json.dumps(order), file=self.process.stdin, flush=True)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it: at once, or kindly."""
        if self.process:
            self.process.send_signal(number)
            self.process.wait(20)
            if self.process.stdin:
                self.process.stdin.close()
            self.process = None

    def memory(self) -> int:
        """Kilobytes in use."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])

    async def hears(self, key: str, within: float = 40) -> Any:
        """Wait until it tells `key`; other news are dropped."""
        found: list[Any] = []

        def told() -> bool:
            while not found and not self.told.empty():
                news = self.told.get()
                found.extend([news[key]] if key in news else [])
            return bool(found)

        await until(told, within, f"{self._command[2]} did not tell {key}")
        return found[0]


async def until(condition: Callable[[], object], within: float, what: str) -> None:
    """Wait for `condition`, while the others go on."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not condition():
        assert loop.time() < end, what
        await asyncio.sleep(0.1)


# ---- officers --------------------------------------------------------------------------------------------

LOOK = """() => {
  const text = (place, what) => [...document.querySelectorAll(what)].map((one) => one.textContent.trim());
  const keys = {}, rows = {};
  for (const key of document.querySelectorAll('.console [data-letter]')) keys[key.dataset.letter] = !key.disabled;
  for (const row of document.querySelectorAll('#results .rows li:not(.none)')) {
    const code = row.querySelector('.so').textContent.trim();
    (rows[code] = rows[code] || []).push([...row.querySelectorAll('[data-step]')].map((one) => one.dataset.step));
  }
  const tag = document.querySelector('.nowcard .state .tag');
  const here = document.querySelector('.nowcard .big .so:not(.ghost)');
  const toast = document.getElementById('toast');
  return {
    stale: document.body.classList.contains('stale'),
    state: tag.classList.contains('call') ? 'called' : tag.classList.contains('now') ? 'serving' : 'idle',
    calls: tag.textContent.trim(),
    paused: document.querySelector('[data-letter=N]').classList.contains('main'),
    code: here ? here.textContent.trim() : '',
    keys, results: rows,
    line: text(0, '#line .rows .so'), away: text(0, '#line .away .so'),
    dossiers: document.querySelectorAll('#dossiers article').length,
    toast: toast.hidden ? '' : toast.textContent, bad: toast.classList.contains('bad'),
  };
}"""

Seen = dict[str, Any]
Happened = Callable[[Seen], bool]


class Officer:
    """Works at a counter as people do: looks at the page, presses a key, looks whether it has happened."""

    def __init__(self, counter: int, page: Page, clock: TrialClock, people: dict[str, Citizen]) -> None:
        """`people`: who holds which number; an officer sees who stands there."""
        self.counter, self.page, self._clock, self._people = counter, page, clock, people
        self.to_give: list[Citizen] = []
        """Who stands before the desk and wants a number."""
        self.photos: list[Callable[[Seen], Awaitable[bool]]] = []
        self.pressed: Counter[str] = Counter()
        self.in_vain = 0
        self._gave_at = -HAND_RESTS
        """Keys that had to be pressed once more."""
        self.refused: list[str] = []
        self._absent: Counter[str] = Counter()
        self._started: dict[str, datetime] = {}
        self._called_results: set[str] = set()
        self._done: set[tuple[str, str]] = set()
        self.served: list[str] = []

    async def sign_in(self, address: str, login: str, password: str) -> None:
        """Through the door, to the counter."""
        self._account, page = (address, login, password), self.page
        await page.goto(f"{address}/signin")
        await page.fill("input[name=login]", login)
        await page.fill("input[name=password]", password)
        await page.check(f"input[name=counter][value='{self.counter}']")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".nowcard", timeout=30_000)

    async def work(self) -> None:
        """The whole day."""
        while not await self._turn():
            pass

    async def look(self) -> Seen:
        """What stands on the page. An officer whose session has ended signs in again."""
        try:
            seen: Seen = await self.page.evaluate(LOOK)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise
            await self.page.wait_for_load_state()
            if "/signin" in self.page.url:
                await self.sign_in(*self._account)
            seen = await self.page.evaluate(LOOK)
        return seen

    async def press(self, letter: str, happened: Happened) -> Seen | None:
        """Press a key until it has `happened`; None when it does not (the server is away, somebody was faster)."""
        return await self._act(letter.upper(), lambda: self.page.keyboard.press(letter), happened)

    async def click(self, what: Locator, name: str, happened: Happened) -> Seen | None:
        """The same with the pointer."""
        return await self._act(name, lambda: what.click(timeout=3000), happened)

    async def _act(self, name: str, act: Callable[[], Awaitable[Any]], happened: Happened) -> Seen | None:
        tries = 1 if name == "P" else TRIES  # a number is not given twice because it was slow
        for attempt in range(tries):
            self.in_vain += attempt > 0
            self.pressed[name] += 1
            try:
                await act()
            except Exception as error:  # what was to be clicked has gone from the page
                if "Timeout" not in type(error).__name__:
                    raise
            if seen := await self._comes(happened, 20 if name == "P" else 4):
                return seen
            seen = await self.look()
            if seen["bad"]:
                self.refused.append(f"{name}: {seen['toast']}")
            if seen["stale"]:
                return None
        return None

    async def _comes(self, happened: Happened, within: float, every: float = 0.1) -> Seen | None:
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while loop.time() < end:
            seen = await self.look()
            if not seen["stale"] and happened(seen):
                return seen
            await asyncio.sleep(every)
        return None

    def _time(self) -> time:
        return self._clock.now().time()

    async def _turn(self) -> bool:
        """One look and one step; True when the day is over."""
        seen = await self.look()
        if seen["stale"]:
            await self.page.wait_for_selector("body:not(.stale)", timeout=60_000)
            return False
        for photo in list(self.photos):
            if await photo(seen):
                self.photos.remove(photo)
        if seen["state"] == "called":
            await self._receive(seen, await self._who(seen["code"]))
        elif seen["state"] == "serving":
            await self._serve(seen, await self._who(seen["code"]))
        else:
            return await self._between(seen)
        return False

    async def _who(self, code: str) -> Citizen:
        """Who holds the number; somebody who is called at once is still reading it."""
        await until(lambda: code in self._people, 60, f"nobody holds {code}")
        return self._people[code]

    async def _receive(self, seen: Seen, one: Citizen) -> None:
        """Somebody was called: they come, or nobody does."""
        if (one.code, "T") not in self._done and one.slip_of_hand == "T":
            self._done.add((one.code, "T"))
            await self.press("z", lambda now: now["state"] == "idle")
        elif self._absent[one.code] < one.absences:
            if not seen["keys"]["V"]:
                calls = seen["calls"]
                await self.press("l", lambda now: now["keys"]["V"] or now["calls"] != calls)
                await self._comes(lambda now: now["keys"]["V"] or now["state"] != "called", 20)
            elif await self.press("v", lambda now: now["code"] != one.code) or await self._left(one):
                self._absent[one.code] += 1
        else:
            await until(one.seen.is_set, 60, f"{one.code} did not see the call on the phone")
            if await self.press("b", lambda now: now["state"] == "serving"):
                self._started.setdefault(one.code, self._clock.now())

    async def _serve(self, seen: Seen, one: Citizen) -> None:
        """What they came for."""
        ends = self._started.setdefault(one.code, self._clock.now()) + timedelta(minutes=one.minutes)
        offers = [key for key in seen["keys"] if key in "123456789"]
        if one.moves_to not in (0, self.counter):
            await self.press("c", lambda _: True)
            await self.page.wait_for_selector("#transfer-dialog[open]", timeout=5000)
            if await self.press(str(one.moves_to), lambda now: now["code"] != one.code):
                self._started.pop(one.code)
        elif one.fetches and (one.code, "R") not in self._done:
            if await self.press("r", lambda now: one.code in now["away"]):
                self._done.add((one.code, "R"))
        elif seen["dossiers"] < one.dossiers:
            before = seen["dossiers"]
            letter = offers[before % len(offers)]
            if await self.press(letter, lambda now: now["dossiers"] > before) and one.result:
                await self._promise_today()
        elif self._clock.now() >= ends:
            await self.press("x", lambda now: now["code"] != one.code)
            if one.slip_of_hand == "X" and (one.code, "X") not in self._done and await self._left(one):
                self._done.add((one.code, "X"))
                await self.press("z", lambda now: now["code"] == one.code)
            if await self._left(one):
                self.served.append(one.code)
        else:
            await self._comes(lambda _: self._clock.now() >= ends, 30, SELDOM)

    async def _left(self, one: Citizen) -> bool:
        """Whether this number stands at the counter no more. A server that died may have done what was pressed
        without an answer: the page that comes back tells."""
        await self.page.wait_for_selector("body:not(.stale)", timeout=60_000)
        return bool((await self.look())["code"] != one.code)

    async def _promise_today(self) -> None:
        """D, when the procedure would take longer."""
        today = self.page.locator("#dossiers article").last.locator(".tag").first
        if "ok" not in (await today.get_attribute("class") or "").split():
            await self.press("d", lambda now: "hẹn" in now["toast"])

    async def _between(self, seen: Seen) -> bool:
        """Nobody is here: a result, who comes back, a number by hand, the next one, a rest."""
        at = self._time()
        if await self._result(seen):
            return False
        if LUNCH <= at < AFTERNOON:
            if not seen["paused"]:
                await self.press("n", lambda now: now["paused"])
            else:
                await self._comes(lambda _: self._time() >= AFTERNOON or bool(self.photos), 60, SELDOM)
            return False
        if seen["paused"] and at >= AFTERNOON:
            await self.press("n", lambda now: not now["paused"])
        elif at >= GOING_HOME:
            return not self.to_give
        elif self.to_give:
            await self._give(self.to_give.pop(0))
        elif back := [code for code in seen["away"] if self._people[code].fetches == "back"]:
            row = self.page.locator("#line .away li", has_text=back[0]).locator("[data-step=call]")
            await self.click(row, "call in", lambda now: now["code"] == back[0])
        elif self._may_call(seen):
            await self.press("t", lambda now: now["state"] != "idle")
        else:
            await self._comes(self._something_to_do, 5, SELDOM)
        return False

    def _something_to_do(self, seen: Seen) -> bool:
        rests = self._time() >= GOING_HOME or LUNCH <= self._time() < AFTERNOON
        return rests or bool(self.to_give or self.photos) or self._may_call(seen)

    def _may_call(self, seen: Seen) -> bool:
        """Somebody waits, and would be done before lunch."""
        return bool(seen["line"]) and not LAST_CALL <= self._time() < AFTERNOON

    async def _give(self, one: Citizen) -> None:
        """P: a number for who stands here."""
        def given(seen: Seen) -> bool:
            found = re.findall(r"[A-Z]\d{3}", seen["toast"])
            return bool(found) and found[0] not in self._people and "phát" in seen["toast"].lower()

        # Between two people an officer's hand rests: the console takes two quick presses of one key for a tremble
        loop = asyncio.get_running_loop()
        await self._comes(lambda _: loop.time() - self._gave_at > HAND_RESTS, 2)
        seen = await self.press("p", given)
        self._gave_at = loop.time()
        assert seen, f"counter {self.counter}: no number was given by hand"
        one.code, one.by_hand = re.findall(r"[A-Z]\d{3}", seen["toast"])[0], self.counter
        self._people[one.code] = one

    async def _result(self, seen: Seen) -> bool:
        """One step on the way of a result that this counter has received: ready, called, handed back."""
        mine = [code for code in seen["results"] if code in self.served and self._people[code].result]
        if not mine:
            return False
        code, rows = mine[0], seen["results"][mine[0]]
        row = self.page.locator("#results .rows li", has_text=code).first
        step, happened = "returned", lambda now: changed(now, code, rows)
        if "ready" in rows[0]:
            step = "ready"
        elif (code, len(rows)) not in self._called_results:
            self._called_results.add((code, len(rows)))
            step, happened = "result", lambda now: "nhận kết quả" in now["toast"]
        return bool(await self.click(row.locator(f"[data-step={step}]"), step, happened))


def changed(seen: Seen, code: str, rows: list[list[str]]) -> bool:
    """The results of this number stand otherwise than before."""
    return bool(seen["results"].get(code) != rows)


if __name__ == "__main__":
    lobby_screen()
