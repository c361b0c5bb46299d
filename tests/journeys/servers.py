"""Real servers for tests: a Dovecot with everybody's mailbox, and an SMTP server that delivers into it.

Both listen on this machine only, on free ports of their own, and live in a throw-away folder. A mail to help+tag@domain
lies in the mailbox of help@domain afterwards. Any address has a mailbox; the password of each is PASSWORD. Dovecot
takes a token too (XOAUTH2) if a TokenServer (token_server.py) at its `token_port` says whose it is.
"""

import asyncio
import contextlib
import datetime as dt
import grp
import ipaddress
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from imaplib import IMAP4
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PASSWORD = "correct-horse-battery"  # Dovecot splits its settings at blanks
_HIGHEST_PORT = 32767  # above it the machine hands out ports for outgoing connections


def free_port(above: int = 0) -> int:
    """Return a port on which nothing listens; test processes that run side by side look in different places."""
    for candidate in range(above + 1 if above else 10000 + os.getpid() * 37 % 20000, _HIGHEST_PORT):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", candidate))
            return candidate
    raise AssertionError("every port is taken")


def wait_until_answers(port: int, seconds: float = 20) -> None:
    """Return once something accepts connections on `port` of this machine."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


class Dovecot:
    """A Dovecot of our own. `certificate` is the file of the certificate that its TLS shows, for localhost."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.tls_port = free_port(above=self.port)  # the first is free too as long as nothing has started
        self.certificate, key = _certificate(folder)
        self.token_port = free_port(above=self.tls_port)
        (folder / "mail").mkdir()
        (folder / "tokens.conf").write_text(_token_config(self.token_port))
        config = folder / "dovecot.conf"
        config.write_text(_config(folder, self.port, self.tls_port, self.certificate, key))
        self.log = folder / "log"
        self.process = subprocess.Popen([_program(), "-F", "-c", str(config)], stdin=subprocess.DEVNULL)
        wait_until_answers(self.port)

    def open(self, address: str) -> IMAP4:
        """Return a signed-in connection with the inbox of `address` selected."""
        client = IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(address, PASSWORD)
        client.select("INBOX")
        return client

    def deliver(self, address: str, data: bytes) -> None:
        """Put a mail into the inbox of `address`, whatever tag the address carries."""
        local, _, domain = address.lower().rpartition("@")
        with self.open(f"{local.partition('+')[0]}@{domain}") as client:
            answer = client.append("INBOX", "", "", data)
        assert answer[0] == "OK", answer

    def mails(self, address: str) -> list[Message]:
        """Return the mails in the inbox of `address`, oldest first, read marks untouched."""
        with self.open(address) as client:
            numbers = client.search(None, "ALL")[1][0].split()
            found: list[Any] = [client.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers]
        return [message_from_bytes(part[1]) for part in found]

    def empty(self) -> None:
        """Throw every mail away; mailboxes begin anew, with another validity."""
        for address in (self.folder / "mail").iterdir():
            shutil.rmtree(address)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class Smtp:
    """An SMTP server that takes any mail and delivers it; it remembers what it said yes to, also what came twice."""

    def __init__(self, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        self.accepted: list[tuple[str, str, str]] = []  # sender of the envelope, recipient, Message-ID
        self.port = free_port(above=dovecot.token_port)
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()  # type: ignore[no-untyped-call]  # aiosmtpd has no annotations

    @property
    def url(self) -> str:
        """How the product is told of it (QUIETMONDAY_MAIL_URL)."""
        return f"smtp://127.0.0.1:{self.port}"

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        """Send a mail as somebody's mail program would: over SMTP."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
            client.sendmail(sender, [recipient], data)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        """Deliver, then say yes."""
        message_id = message_from_bytes(envelope.content)["Message-ID"] or ""
        for recipient in envelope.rcpt_tos:
            await asyncio.to_thread(self.dovecot.deliver, recipient, envelope.content)
            self.accepted.append((envelope.mail_from, recipient, message_id))
        return "250 2.0.0 taken"

    def close(self) -> None:
        self._controller.stop()  # type: ignore[no-untyped-call]  # aiosmtpd has no annotations


class MailServers:
    """Both, as one."""

    def __init__(self, dovecot: Dovecot, smtp: Smtp) -> None:
        self.dovecot, self.smtp = dovecot, smtp

    def empty(self) -> None:
        """Forget every mail."""
        self.dovecot.empty()
        self.smtp.accepted.clear()


@contextlib.contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Start both, stop both, leave nothing behind."""
    # Short, because the path of a Unix socket may have 107 bytes; below /tmp, because Dovecot's own users must enter.
    folder = Path(tempfile.mkdtemp(prefix="quiet-imap-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with contextlib.closing(Dovecot(folder)) as dovecot, contextlib.closing(Smtp(dovecot)) as smtp:
            yield MailServers(dovecot, smtp)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program() -> str:
    found = shutil.which("dovecot", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))
    assert found, "Dovecot is not here: leave these tests out with --leave-out=imap"
    return found


def _config(folder: Path, port: int, tls_port: int, certificate: Path, key: Path) -> str:
    """Dovecot's settings. As root it works as its own users (it refuses to touch mail as root), else as us."""
    me = pwd.getpwuid(os.getuid()).pw_name
    group = grp.getgrgid(os.getgid()).gr_name
    if os.getuid() == 0:
        users = "default_internal_user = dovecot\ndefault_login_user = dovenull\ndefault_internal_group = dovecot"
        mail_user, mail_group = "mail", "mail"
        shutil.chown(folder / "mail", mail_user, mail_group)
    else:
        users = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {group}"
        mail_user, mail_group = me, group
    chroot = "" if os.getuid() == 0 else "  chroot =\n"
    return f"""
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
{users}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {mail_user}
mail_gid = {mail_group}
mail_location = maildir:{folder}/mail/%u
mailbox_list_index = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/tokens.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/mail/%u
}}
service imap-login {{
{chroot}  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
{chroot}  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
{chroot}}}
"""


def _token_config(port: int) -> str:
    return f"""
introspection_url = http://127.0.0.1:{port}/introspect?token=
introspection_mode = get
username_attribute = user
active_attribute = active
active_value = true
timeout_msecs = 5000
"""


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost, signed by itself, and its key; return both files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files[1].chmod(0o600)
    return files
