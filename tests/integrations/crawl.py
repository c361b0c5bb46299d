"""Read every page that one person reaches from the first one; print them as JSON, path → what it says.

python -m tests.integrations.crawl EMAIL [MOMENT]
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from html import unescape

MOST = 400
_LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|name="token" value=)"[^"]*"')
_NEVER = ("/static/", "/sign-out/", "/sign-in/")
_LONG_AGO = re.compile(r"/weeks/(20[01]\d|202[0-5])-")  # a week links to the one before, without end


def main() -> None:
    """Sign in and read, at the moment of the stored installation or a later one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    import django

    django.setup()
    import time_machine

    from tests.boundaries.sweep.stories import NOW

    moments = [NOW, *map(dt.datetime.fromisoformat, sys.argv[2:])]
    with time_machine.travel(max(moments), tick=False):
        json.dump(pages_of(sys.argv[1]), sys.stdout)


def pages_of(email: str) -> dict[str, str]:
    """Return path → status and text of every page, tokens of the moment taken out."""
    from django.test import Client

    from quietmonday.people.models import Account
    from tests.cast import sign_in

    client = Client(SERVER_NAME="localhost")
    sign_in(client, Account.objects.get(email=email))
    waiting, found = ["/"], dict[str, str]()
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        if path in found:
            continue
        response = client.get(path)
        body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]  # either
        text = _TOKEN.sub(r"\1", body.decode("utf-8", "replace"))
        found[path] = f"{response.status_code} {response.headers.get('Location', '')}\n{text}"
        links = [*_LINK.findall(text), response.headers.get("Location", "")]
        waiting += [
            unescape(link)
            for link in links
            if link.startswith("/") and not link.startswith(_NEVER) and not _LONG_AGO.search(link)
        ]
    return found


if __name__ == "__main__":
    main()
