"""Keeps the two certificates in their folder: made at the first start, the server's renewed long before it ends,
when an address is new, and when a clock has been put right.

**Which time is believed.** A certificate's dates are read by other machines, whose clocks are right. So what stands
below the floors (moments that have surely been) is not believed: certificates are dated by the newest floor, and one
that is there already is left alone until the clock is right. A clock ahead of the truth cannot be found out while it
is; its server certificate is not valid yet when it has been corrected, and is made anew by the next round.
"""

from __future__ import annotations

import fcntl
import logging
import os
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from kiosk.authority.certificates import (
    EARLIEST,
    RENEW_BEFORE,
    AuthorityError,
    Pair,
    der,
    fingerprint,
    make_authority,
    make_server,
    may_speak_for,
    named_in,
    signed_by,
    title,
)
from kiosk.authority.names import Name, as_name
from kiosk.clock import Clock

log = logging.getLogger(__name__)

SLIP = timedelta(minutes=2)
"""A clock less behind than this counts as right (facts/reliability: the trusted floor)."""
MEND = "Put the file back from your own copy, or begin anew: kiosk certificate --new-authority"


@dataclass(frozen=True)
class Held:
    """What an office holds."""

    authority: x509.Certificate
    server: x509.Certificate
    missing: tuple[Name, ...] = ()
    """Names of this machine that the server's certificate lacks though the authority could speak for them."""
    outside: tuple[Name, ...] = ()
    """Names of this machine that the authority may never speak for."""


class Keeper:
    """The folder with the keys. Only the owner of the office's data may read it."""

    def __init__(
        self, folder: Path, site: str, organisation: str, names: Callable[[], list[Name]], clock: Clock,
        floors: Callable[[], Iterable[datetime]],
    ) -> None:
        """`names`: under which this machine is opened now; `floors`: moments that a right clock must lie after.
        `clock` is the machine's own, never a trial's: browsers know nothing of a trial."""
        self._folder, self._site, self._organisation = folder, site, organisation
        self._names, self._clock, self._floors = names, clock, floors

    @property
    def authority_file(self) -> Path:
        return self._folder / "authority.pem"

    @property
    def server_file(self) -> Path:
        return self._folder / "server.pem"

    def look(self) -> Held | None:
        """What there is, without a change; None = not both are there. Raises AuthorityError for a damaged file."""
        authority, server = self._read(self.authority_file), self._read(self.server_file)
        return self._held(authority, server) if authority and server else None

    def keep(self) -> Held:
        """Make what is missing and renew what is due. Raises AuthorityError, OSError."""
        with self._alone():
            authority = self._read(self.authority_file) or self._new_authority()
            server = self._server(authority)
            if server is None or self._due(server.certificate, authority.certificate):
                server = self._new_server(authority, server)
            return self._held(authority, server)

    def renew(self) -> Held:
        """A new server certificate now, by the same authority: nobody has to trust anything anew."""
        with self._alone():
            authority = self._read(self.authority_file) or self._new_authority()
            return self._held(authority, self._new_server(authority, self._server(authority)))

    def begin_anew(self) -> Held:
        """A new authority and its first server certificate: every counter has to trust it."""
        with self._alone():
            authority = self._new_authority()
            return self._held(authority, self._new_server(authority, None))

    def exposed(self) -> list[Path]:
        """Files with a key that others than their owner can read."""
        files = (self.authority_file, self.server_file)
        return [file for file in files if file.exists() and file.stat().st_mode & 0o077]

    # ---- time ------------------------------------------------------------------------------------------

    def _believed(self) -> tuple[datetime, bool]:
        """(the time by which certificates are dated, whether the clock is surely behind)."""
        now, floor = self._clock.now(), max([EARLIEST, *self._floors()])
        return max(now, floor), now < floor - SLIP

    def _due(self, server: x509.Certificate, authority: x509.Certificate) -> bool:
        if any(may_speak_for(authority, name) for name in self._lacking(server)):
            return True
        now, behind = self._believed()
        if behind:
            return False
        # One that ends with its authority cannot be bettered
        near = server.not_valid_after_utc - RENEW_BEFORE < now and server.not_valid_after_utc < _end(authority)
        return now < server.not_valid_before_utc or near

    # ---- making and reading ----------------------------------------------------------------------------

    def _new_authority(self) -> Pair:
        made = make_authority(self._site, self._organisation, self._names(), self._believed()[0])
        self._write(self.authority_file, made.pem())
        log.info("a certificate authority was made for this office")
        return made

    def _new_server(self, authority: Pair, old: Pair | None) -> Pair:
        now, behind = self._believed()
        if behind and old is not None:
            now = max(now, old.certificate.not_valid_before_utc)
        if now >= authority.certificate.not_valid_after_utc:
            raise AuthorityError(
                f"the office's certificate authority ended on {_end(authority.certificate):%d/%m/%Y}. "
                "Make a new one, which every counter has to trust: kiosk certificate --new-authority"
            )
        made = make_server(authority, self._names(), now)
        self._write(self.server_file, made.pem())
        log.info("the server's certificate was made, valid until %s", f"{_end(made.certificate):%d/%m/%Y}")
        return made

    def _server(self, authority: Pair) -> Pair | None:
        """The server's certificate; None when there is none that this authority has signed: then it is made anew."""
        try:
            server = self._read(self.server_file)
        except AuthorityError:
            return None
        return server if server and signed_by(server.certificate, authority.certificate) else None

    def _lacking(self, server: x509.Certificate) -> list[Name]:
        there = set(named_in(server))
        return [name for name in self._names() if name not in there]

    def _held(self, authority: Pair, server: Pair) -> Held:
        lacking = self._lacking(server.certificate)
        able = [name for name in lacking if may_speak_for(authority.certificate, name)]
        outside = [name for name in lacking if name not in able]
        return Held(authority.certificate, server.certificate, tuple(able), tuple(outside))

    @staticmethod
    def _read(file: Path) -> Pair | None:
        try:
            return Pair.parse(file.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            raise AuthorityError(f"{file} cannot be understood: it is damaged. {MEND}") from None
        except OSError as error:
            raise AuthorityError(f"{file} cannot be read: {error.strerror}.") from None

    def _write(self, file: Path, content: bytes) -> None:
        """Whole or not at all, and never readable by others, not even for a moment."""
        coming = file.with_suffix(".coming")
        coming.unlink(missing_ok=True)
        with os.fdopen(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        self._give_to_owner(coming)
        coming.replace(file)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time: two authorities made at once would be one too many."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._give_to_owner(self._folder)
            door = os.open(self._folder, os.O_RDONLY)
        except OSError as error:
            raise AuthorityError(f"{self._folder} cannot be used: {error.strerror}.") from None
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
        finally:
            os.close(door)

    def _give_to_owner(self, path: Path) -> None:
        """What root makes by hand belongs to whom the data belong, else the service could not read it."""
        if os.geteuid() == 0:
            owner = self._folder.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid)


def _end(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc


class Secured:
    """The certificates at work: what the listener shows to each new connection. Old connections live on."""

    def __init__(self, keeper: Keeper, port: int) -> None:
        """`port`: where HTTPS is served. Raises AuthorityError, OSError."""
        self.port = port
        self._keeper = keeper
        self._held = keeper.keep()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_alpn_protocols(["http/1.1"])
        self._shown: x509.Certificate | None = None
        self.show()

    @property
    def held(self) -> Held:
        return self._held

    @property
    def title(self) -> str:
        """What a browser's list calls the authority."""
        return title(self._held.authority)

    @property
    def fingerprint(self) -> str:
        """Of the authority, in groups."""
        return fingerprint(self._held.authority)

    @property
    def file(self) -> bytes:
        """The authority's certificate, to be given away."""
        return der(self._held.authority)

    def address(self, host: str) -> str:
        """Where the pages are opened by HTTPS, for who reached us as `host`; else by an address of this machine."""
        names = named_in(self._held.server)
        known = as_name(host.strip("[]"))
        if known not in names:
            others = [name for name in names if not isinstance(name, str) and not name.is_loopback]
            known = min(others, key=lambda name: name.version, default="localhost")
        text = f"[{known}]" if ":" in str(known) else str(known)
        return f"https://{text}:{self.port}"

    def keep(self) -> None:
        """Renew what is due, and take what was made by hand meanwhile; on any thread. Raises AuthorityError,
        OSError."""
        self._held = self._keeper.keep()

    def show(self) -> None:
        """New connections get the newest certificate. Only on the thread that takes connections: the TLS library does
        not guard a context against one that begins just now."""
        if self._held.server != self._shown:
            self.context.load_cert_chain(self._keeper.server_file)
            self._shown = self._held.server
