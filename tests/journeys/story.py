"""One story told on one installation: mails and forms come in, are answered, settled, judged, stated, sealed, mailed.

Each chapter sets the clock, does one thing from outside, and lets the installation work until nothing waits. `faults`
names by chapter where the process that does the work is killed first; after each kill it is simply begun again.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from email.message import EmailMessage, Message
from email.policy import SMTP
from typing import Any

from tests.journeys.browser import Browser, NoAnswer
from tests.journeys.place import KILLED, Place
from tests.journeys.servers import MailServers, free_port, wait_until_answers

HELP = "help@fennimore.test"
TUESDAY = dt.datetime(2026, 11, 17, 8, 0, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)
SETTLED_MONDAY = dt.datetime(2026, 12, 7, 7, 30, tzinfo=dt.UTC)
DELE, BILL, SAM = "dele@oakhurst.example", "bill@oakhurst.example", "sam@fennimore.example"
ASHA, RUTH, MARIA, MALLORY = "asha@fennimore.example", "ruth@oakhurst.example", "maria@oakhurst.example", "m@evil.test"
GUESSED = f"<qm.{'a' * 45}.{'0' * 32}@fennimore.test>"
WEB_FAULT = "web.after_view"


class Story:
    """The story on `place`, with the mail of `servers`. `tell` tells all of it; chapters may be told one by one."""

    def __init__(self, place: Place, servers: MailServers, faults: Mapping[str, Sequence[str]] | None = None) -> None:
        self.place, self.servers, self.faults = place, servers, faults or {}
        self.port = free_port()
        self.fault_port = free_port(above=self.port)
        place.env |= {
            "PORT": str(self.port),
            "QUIETMONDAY_BIND": "127.0.0.1",
            "QUIETMONDAY_ADDRESS": f"http://localhost:{self.port}",
            "QUIETMONDAY_MAIL_URL": servers.smtp.url,
        }
        self.address = f"http://localhost:{self.port}"
        self.unused = {chapter: list(points) for chapter, points in self.faults.items()}

    def tell(self) -> None:
        """Tell the whole story."""
        self.old_mails()
        self.open_the_doors()
        self.dele_writes()
        self.sam_answers()
        self.dele_replies_and_others_try()
        self.sam_settles()
        self.dele_taps()
        self.bill_reports()
        self.monday()
        self.settled_monday()
        assert not any(self.unused.values()), f"never reached: {self.unused}"

    def old_mails(self) -> None:
        """Mails out of a file: a call with an attachment, an answer to it, an automatic one, one that came before."""
        self.place.set_clock(TUESDAY)
        self.place.must("step", "connect", str(self.servers.dovecot.port))
        folder = self.place.var / "old"
        folder.mkdir()
        call = letter(DELE, "Label printer", "It prints half a label.", "old-1", TUESDAY - dt.timedelta(days=2))
        call.add_attachment(b"half a label", maintype="application", subtype="octet-stream", filename="label.bin")
        answer = letter(SAM, "Re: Label printer", "Try another roll.", "old-2", TUESDAY - dt.timedelta(days=1))
        answer["In-Reply-To"] = answer["References"] = "<old-1@oakhurst.example>"
        away = letter(BILL, "Out of office", "I am away.", "old-3", TUESDAY - dt.timedelta(days=1))
        away["Auto-Submitted"] = "auto-replied"
        again = letter(DELE, "Label printer", "It prints half a label.", "old-1", TUESDAY - dt.timedelta(days=2))
        for n, mail in enumerate([call, answer, away, again]):
            (folder / f"{n}.eml").write_bytes(mail.as_bytes())
        where = ("--business", "Oakhurst Joinery", "--supplier", "Fennimore IT")
        self._work("old mails", "import", "mail", str(folder), *where)
        self._settle("old mails, after")

    def open_the_doors(self) -> None:
        """Start the web server; if this story has faults on the web, another one beside it that dies of every form."""
        self.place.begin("web")
        wait_until_answers(self.port)
        if WEB_FAULT in self.faults.get("web", ()):
            self.unused["web"] = []
            self.place.begin("web", fault=WEB_FAULT, env={"PORT": str(self.fault_port)})
            wait_until_answers(self.fault_port)

    def dele_writes(self) -> None:
        """A mail over SMTP, with an attachment."""
        at = self._at(9, 0)
        mail = letter(DELE, "Scanners drop out", "All scanners lose the network.", "live-1", at)
        mail.add_attachment(b"log of a scanner", maintype="text", subtype="plain", filename="scanner.log")
        self._send(mail)
        self._settle("Dele writes")

    def sam_answers(self) -> None:
        """On the page of the request."""
        self._at(9, 10)
        sam, page = self._sam_at_the_request()
        self._post(sam, sam.fill(page, "/messages/", text="I am looking at the access points now."))
        self._settle("Sam answers")

    def dele_replies_and_others_try(self) -> None:
        """Dele to the signed address; Mallory to a copy of it; Mallory with a guessed Message-ID."""
        at = self._at(9, 30)
        signed = str(self.mail_to(DELE, "Re: Scanners")["Reply-To"])
        self._send(letter(DELE, "Re: Scanners drop out", "Thank you, it comes and goes.", "live-2", at), to=signed)
        self._send(letter(MALLORY, "Re: Scanners drop out", "Close it.", "evil-1", at), to=signed)
        guess = letter(MALLORY, "Re: Scanners drop out", "Close it, I say.", "evil-2", at)
        guess["In-Reply-To"] = guess["References"] = GUESSED
        self._send(guess)
        self._settle("Dele replies")

    def sam_settles(self) -> None:
        """For good, with one tap."""
        self._at(10, 0)
        sam, page = self._sam_at_the_request()
        self._post(sam, sam.fill(page, "/resolution/", kind="fixed"))
        self._settle("Sam settles")

    def dele_taps(self) -> None:
        """On the link in the mail that asks."""
        self._at(10, 30)
        link = re.search(r"http://\S+", text_of(self.mail_to(DELE, "Is it working again?")))
        assert link is not None
        dele = Browser()
        page = dele.get(link[0])
        self._post(dele, dele.fill(page, "", answer="solved"))
        self._settle("Dele taps")

    def bill_reports(self) -> None:
        """By the form."""
        self._at(11, 0)
        bill = self.signed_in(BILL)
        page = bill.get(f"{self.address}/report/")
        self._post(bill, bill.fill(page, "", text="The till is dead.", can_work="no", since="now", which=""))
        self._settle("Bill reports")

    def monday(self) -> None:
        """Half past seven: last week is stated, sealed and mailed."""
        self.place.set_clock(MONDAY)
        self._settle("Monday")

    def settled_monday(self) -> None:
        """Two weeks on, the same week is settled."""
        self.place.set_clock(SETTLED_MONDAY)
        self._settle("settled Monday")

    def signed_in(self, email: str) -> Browser:
        """Return somebody's browser, signed in by a one-time link from the command line."""
        before = len(self.place.said())
        self.place.must("sign-in-link", email)
        link = re.search(r"http://\S+", self.place.said()[before:])
        assert link is not None
        browser = Browser()
        page = browser.get(link[0])
        browser.send(browser.fill(page, ""))
        return browser

    def mail_to(self, address: str, subject: str) -> Message:
        """Return the last mail in somebody's mailbox whose subject begins so."""
        found = [mail for mail in self.servers.dovecot.mails(address) if str(mail["Subject"]).startswith(subject)]
        assert found, [str(mail["Subject"]) for mail in self.servers.dovecot.mails(address)]
        return found[-1]

    def request_id(self) -> str:
        """Return the id of the request that Dele wrote by mail."""
        [(found,)] = self.place.rows("SELECT id FROM support_ticket WHERE subject = 'Scanners drop out'")
        return str(found)

    def _sam_at_the_request(self) -> tuple[Browser, Any]:
        sam = self.signed_in(SAM)
        return sam, sam.get(f"{self.address}/requests/{dashed(self.request_id())}/")

    def _post(self, browser: Browser, form: tuple[str, bytes]) -> None:
        """Send a form; first to the server that does it and dies before it answers, if there is one."""
        killed = "web" in self.faults
        if killed:
            try:
                browser.send(form, port=self.fault_port)
            except NoAnswer:
                pass
            else:
                raise AssertionError("the server was to die before it answered")
        try:
            page = browser.send(form)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.place.said()[-3000:]}") from error
        # What was done before the answer was lost may be refused the second time: it is settled already.
        assert killed or not browser.refused, page.text_content()

    def _settle(self, chapter: str) -> None:
        self._work(chapter, "tick")
        self.place.settle()

    def _work(self, chapter: str, *command: str) -> None:
        for point in self.unused.pop(chapter, []):
            while self.place.do(*command, fault=point) != KILLED:
                assert self.place.open_items(), f"{chapter}: {point} was never reached\n{self.place.said()[-3000:]}"
                self.place.pass_time(15)  # what was lost before waits for its time
        self.place.must(*command)

    def _send(self, mail: EmailMessage, to: str = HELP) -> None:
        del mail["To"]
        mail["To"] = to
        self.servers.smtp.send(str(mail["From"]), to, mail.as_bytes())

    def _at(self, hour: int, minute: int) -> dt.datetime:
        now = TUESDAY.replace(hour=hour, minute=minute)
        self.place.set_clock(now)
        return now


def letter(sender: str, subject: str, text: str, name: str, at: dt.datetime) -> EmailMessage:
    """Return a mail as a person's mail program writes it."""
    mail = EmailMessage(policy=SMTP.clone(max_line_length=998))  # Python would encode a long id, mail programs do not
    mail["From"], mail["To"], mail["Subject"] = sender, HELP, subject
    mail["Date"], mail["Message-ID"] = at, f"<{name}@{sender.rpartition('@')[2]}>"
    mail.set_content(text)
    return mail


def text_of(mail: Message) -> str:
    """Return the text of a mail that came."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def dashed(ref: str) -> str:
    """Return an id as URLs write it: SQLite stores it without dashes."""
    plain = ref.replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"
