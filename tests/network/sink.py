"""A mail server that says yes and notes each mail as a JSON line: `python -m tests.network.sink HOST FILE`."""

import json
import sys
import time
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Takes mails."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        """Note the mail before saying yes."""
        mail = message_from_bytes(envelope.content)
        text = next(
            (p.get_payload(decode=True) or b"" for p in mail.walk() if p.get_content_type() == "text/plain"), b""
        )
        with self.file.open("a") as out:
            noted = {
                "id": "".join(str(mail["Message-ID"]).split()),
                "to": envelope.rcpt_tos[0],
                "text": text.decode(errors="replace"),
            }
            out.write(json.dumps(noted) + "\n")
        return "250 2.0.0 taken"


if __name__ == "__main__":
    Controller(Sink(Path(sys.argv[2])), hostname=sys.argv[1], port=2525).start()  # type: ignore[no-untyped-call]  # aiosmtpd has no annotations
    while True:
        time.sleep(60)
