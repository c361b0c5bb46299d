"""A real server with a small world, and tokens for it: what schemathesis and the examples of docs/api.md talk to.

python -m tests.integrations.api.served     writes the world into QUIETMONDAY_VAR; prints tokens and ids as JSON
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.journeys.servers import free_port, wait_until_answers
from tests.outbox.installation import ROOT, Installation


class Served(Installation):
    """An installation with the standing cast, some requests, and a web server of its own."""

    settings = "tests.integrations.api.served_settings"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "served")
        made = subprocess.run(
            [sys.executable, "-m", "tests.integrations.api.served"],
            env=self.env, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        self.world: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        log = (self.var / "log").open("ab")
        web = subprocess.Popen(
            [sys.executable, "-m", "quietmonday", "web"],
            env=self.env | {"PORT": str(self.port)}, cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        self.processes.append(web)
        wait_until_answers(self.port, 60)
        for _ in range(6):  # each of its workers loads the API at its first call, which takes a while on a busy machine
            urllib.request.urlopen(f"{self.address}/api/v1/openapi.json", timeout=120).close()  # noqa: S310  # our own server

    def said(self) -> str:
        """Return what the server logged."""
        return (self.var / "log").read_text(errors="replace")

    def close(self) -> None:
        """Ask the server to stop, so that its own workers go with it."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
                process.wait(120)
        super().close()


def main() -> None:
    """Write the world."""
    import django

    django.setup()
    from quietmonday.integrations.actions.webhooks import add_webhook
    from quietmonday.kit.clock import now
    from quietmonday.post.actions.inbox import keep_raw, mark_kept
    from quietmonday.support.actions.handing import assign
    from quietmonday.support.actions.settling import resolve
    from tests.cast import make_cast
    from tests.integrations.api.calling import token_of
    from tests.support.scene import actor, answered, asked

    at = now()
    cast = make_cast(at)
    earlier = at - dt.timedelta(days=2)
    tickets = [asked(cast, f"Request {number}: the label printer prints blank.", at=earlier) for number in range(3)]
    answered(cast, tickets[0], at=earlier + dt.timedelta(minutes=9))
    assign(ticket=tickets[1], person=cast.sam.person, actor=actor(cast.sam), now=at)
    resolve(ticket=tickets[2], kind="fixed", actor=actor(cast.sam), now=at)
    asked(cast, "Theirs", by=cast.kim, engagements=[cast.tilden_engagement], at=earlier)
    item, _new = keep_raw(
        data=b"From: a@b.example\r\nSubject: Hello\r\n\r\nhello\r\n", source="file", origin="served:1", now=at,
        business=cast.oakhurst, supplier=cast.fennimore,
    )  # fmt: skip
    mark_kept(item=item, rule="no_sender", params={}, now=at)
    add_webhook(
        place=cast.oakhurst, account=cast.ruth.account, url="https://hook.invalid/", events=["ticket.opened"],
        actor=actor(cast.ruth), now=at,
    )  # fmt: skip
    told = {
        "owner": token_of(cast.ruth),
        "technician": token_of(cast.sam),
        "outsider": token_of(cast.jo),
        "business": str(cast.oakhurst.id),
        "ticket": str(tickets[0].id),
        "person": str(cast.dele.person.id),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
