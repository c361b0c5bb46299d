"""The listener that mail servers deliver to over SMTP: mail for our mailboxes and for nobody else, kept, then a yes.

aiosmtpd speaks; here stands what it leaves to us: whom we take mail for, how much, from how many at once. Its own way
of reading a mail keeps an object for each line: thirty megabytes of line ends would become a gigabyte. Ours does not.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from aiosmtpd.smtp import SMTP as Smtp
from aiosmtpd.smtp import syntax
from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections, connections

from quietmonday.kit.clock import now as present
from quietmonday.kit.faults import reached
from quietmonday.outbox.actions.beats import BEAT_SECONDS, beat, begin_life, end_life
from quietmonday.post.actions.handed import NotNow, TooLarge, take_handed
from quietmonday.post.logic.envelope import Envelope
from quietmonday.post.models import Mailbox
from quietmonday.post.queries.mailboxes import mailbox_at

_log = structlog.get_logger("quietmonday.post")
MOST_CONNECTIONS = 20
MOST_RECIPIENTS = 100
MOST_COMMANDS = 200  # of one kind in one connection
IDLE_SECONDS = 300
LONGEST_LINE = 64 * 1024  # the standard says 1000; mail that is longer exists, and nothing is gained by refusing it
UNKNOWN = "550 5.1.1 No such mailbox here"
PAUSED = "451 4.2.1 This mailbox is paused, try again later"
TROUBLE = "451 4.3.0 Not now, try again later"

R = TypeVar("R")


class Doorman:
    """Says whom we take mail for, and keeps it."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Take a recipient who is a mailbox of ours; never anybody else, so nothing is relayed."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            mailbox = await self._in_thread(lambda: mailbox_at(address))
        except AnyDatabaseError as error:
            _log.warning("smtp.database_error", reason=type(error).__name__)
            return TROUBLE
        if mailbox is None:
            return UNKNOWN
        if mailbox.paused_at is not None:
            return PAUSED
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Taken"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the mail for every mailbox that it is for, in one transaction; only then say yes."""
        try:
            taken = await self._in_thread(lambda: _keep(session, envelope))
        except TooLarge:
            return "552 5.3.4 Too large"
        except NotNow:
            return PAUSED
        except (AnyDatabaseError, OSError) as error:
            _log.warning("smtp.not_kept", reason=type(error).__name__)
            return TROUBLE
        return "250 2.0.0 Kept" if taken else UNKNOWN

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_database(work))


def _with_database(work: Callable[[], R]) -> Callable[[], R]:
    def run() -> R:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return run


def _keep(session: Any, envelope: Any) -> int:
    """Keep a mail; return for how many mailboxes (0: they have all gone meanwhile)."""
    found: dict[Mailbox, None] = {}
    for address in envelope.rcpt_tos:
        mailbox = mailbox_at(address)
        if mailbox is not None:
            found[mailbox] = None
    sender = envelope.mail_from or ""
    around = Envelope(
        sender="" if sender == "<>" else sender,
        recipients=tuple(envelope.rcpt_tos),
        via="ESMTPS" if session.ssl else "ESMTP" if session.extended_smtp else "SMTP",
        peer=str(session.peer[0]) if session.peer else "",
        greeting=session.host_name or "",
        host=settings.HOST,
    )
    items = take_handed(
        data=bytes(envelope.content), envelope=around, mailboxes=list(found), source="smtp", now=present()
    )
    reached("post.smtp.after_keep")
    return len(items)


class Listening(Smtp):
    """One connection."""

    line_length_limit = LONGEST_LINE

    def __init__(self, house: House, **more: Any) -> None:
        self._house = house
        super().__init__(house.doorman, **more)

    def connection_made(self, transport: Any) -> None:
        """Turn away who comes when too many are here."""
        first = self.transport is None
        if first and len(self._house.guests) >= MOST_CONNECTIONS:
            transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
            transport.close()
            self._turned_away = True
            return
        self._house.guests.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room."""
        if not getattr(self, "_turned_away", False):
            self._house.guests.discard(self)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return False if getattr(self, "_turned_away", False) else super().eof_received()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        """Read a mail into one piece of memory that never grows beyond the limit."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        mail = bytearray()
        refusal = ""
        while True:
            try:
                line = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as error:
                await self._reader.read(error.consumed)
                refusal, mail = refusal or "500 5.6.0 Line too long", bytearray()
                continue
            if line == b".\r\n":
                break
            if len(mail) + len(line) > (self.data_size_limit or 0):
                refusal, mail = refusal or "552 5.3.4 Too large", bytearray()
            if not refusal:
                mail += line[1:] if line.startswith(b".") else line
        if refusal:
            await self.push(refusal)
        else:
            self.envelope.content = self.envelope.original_content = bytes(mail)
            await self.push(await self._house.doorman.handle_DATA(self, self.session, self.envelope))
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd has no annotations there


@dataclass(slots=True)
class House:
    """The listener: who is here now, and how it is left."""

    bind: tuple[str, int]
    tls: ssl.SSLContext | None = None
    require_tls: bool = False
    max_bytes: int = 35 * 1024 * 1024
    doorman: Doorman = field(init=False)
    guests: set[Listening] = field(default_factory=set)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "smtp"))

    def __post_init__(self) -> None:
        self.doorman = Doorman(self._threads)

    def protocol(self) -> Listening:
        """Return what speaks with the next one who comes."""
        return Listening(
            self,
            data_size_limit=self.max_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.HOST,
            ident="Quiet Monday",
            tls_context=self.tls,
            require_starttls=self.require_tls,
            timeout=IDLE_SECONDS,
            command_call_limit=MOST_COMMANDS,
            loop=asyncio.get_running_loop(),
        )

    async def listen(self, stop: asyncio.Event, ready: Callable[[int], None] = lambda port: None) -> None:
        """Take mail until told to stop; what is being kept then is kept. Raises OSError if the port is taken."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # its lines hold addresses
        server = await asyncio.get_running_loop().create_server(self.protocol, *self.bind)
        ready(server.sockets[0].getsockname()[1])
        try:
            await stop.wait()
        finally:
            server.close()
            for guest in list(self.guests):
                if guest.transport is not None:
                    guest.transport.close()
            self._threads.shutdown(wait=True)


def serve(house: House, say: Callable[[str], None]) -> None:
    """Listen until SIGTERM or SIGINT, and be on record as living meanwhile."""
    life = begin_life("smtp", present())
    try:
        asyncio.run(_live(house, life, say))
    finally:
        end_life(life)


async def _live(house: House, life: Any, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    beating = asyncio.create_task(_beat(life))
    try:
        await house.listen(stop, lambda port: say(f"Taking mail at {house.bind[0]} port {port}."))
    finally:
        beating.cancel()


async def _beat(life: Any) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            await asyncio.to_thread(_with_database(lambda: beat(life)))
        except AnyDatabaseError as error:
            _log.warning("smtp.beat_missed", reason=type(error).__name__)
            await asyncio.to_thread(connections.close_all)
