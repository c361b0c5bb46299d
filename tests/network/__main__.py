"""`bin/trial-network`: load from outside over TLS, one web and one worker die under it; nothing lost, nothing twice."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.network.clients import ADDRESS
from tests.network.hosts import INNER, OUTER, network
from tests.network.place import Place

OAKHURST, TILDEN = ("dele", "bill", "ruth", "maria"), ("jo", "kim")
PEOPLE = [*(f"{name}@oakhurst.example" for name in OAKHURST), *(f"{name}@tilden.example" for name in TILDEN)]
NEEDED = ("ip", "unshare", "setpriv", "psql")


def main() -> int:
    """Return 0 when all that was told holds; 2 where this machine cannot make network namespaces."""
    options = _options()
    if missing := _missing(options.proxy):
        print(f"Left out: the trial with several machines, because {missing}.")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="quiet-net-", dir="/tmp"))  # mkdtemp makes it ours alone
    folder.chmod(0o755)  # PostgreSQL's own user enters
    place = Place(folder)
    try:
        with network(place.hosts, place.names):
            faults = _trial(place, options)
    finally:
        if options.keep:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sound = "Signing in holds." if options.sign_in_only else "Nothing lost, nothing twice inside."
    print("\n".join(f"FAULT: {fault}" for fault in faults) or sound)
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/trial-network", description=__doc__)
    parser.add_argument("--proxy", choices=["caddy", "nginx"], default="caddy")
    parser.add_argument("--seconds", type=float, default=45, help="of load (45)")
    parser.add_argument("--sign-in-only", action="store_true", help="no load, no machine that dies")
    parser.add_argument("--keep", action="store_true", help="keep logs and databases")
    return parser.parse_args()


def _missing(proxy: str) -> str:
    if os.geteuid() != 0:
        return "it needs root"
    if lacking := [program for program in (*NEEDED, proxy) if not shutil.which(program)]:
        return f"{', '.join(lacking)} is not installed"
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        return "the kernel gives us no network namespace"
    return ""


def _trial(place: Place, options: argparse.Namespace) -> list[str]:
    place.start_database()
    place.start_mail()
    place.start_ours()
    (place.start_caddy if options.proxy == "caddy" else place.start_nginx)()
    faults = [*_signing_in(place), *_forging(place), *_other_ground(place)]
    if options.sign_in_only:
        return faults
    said = _load(place, options.seconds)
    faults += said["trouble"]
    _settle(place)
    return faults + _compare(place, said)


def _signing_in(place: Place) -> list[str]:
    words = [
        "-m",
        "tests.network.clients",
        "chromium",
        str(place.authority),
        "asha@fennimore.example",
        str(place.mails),
    ]
    said = json.loads(place.python(place.client, *words))
    print(
        f"Chromium, from another network, by mailed code: {said['url']} “{said['heading']}”, cookies {said['cookies']}"
    )
    print(f"A passkey made there: {said['passkey']}; signed in by it alone {said['as it is']}; "
          f"with forged headers {said['with forged headers']}")  # fmt: skip
    safe = all(secure for _, secure, _ in said["cookies"]) and said["url"].startswith(ADDRESS)
    outside = f"{OUTER}.{place.client.numbers['outer']}"
    by_passkey = [said[how] for how in ("as it is", "with forged headers")]
    same = all(each["url"].startswith(ADDRESS) and each["from"] == outside for each in by_passkey)
    made = said["passkey"] == {"made": 1, "for": ADDRESS.removeprefix("https://")}
    return [] if safe and same and made else [f"sign-in in Chromium: {said}"]


def _forging(place: Place) -> list[str]:
    words = ["-m", "tests.network.clients", "forge", str(place.authority)]
    outside = json.loads(place.python(place.client, *words, ADDRESS))
    print(f"Forged headers through the proxy: {outside}")
    faults = []
    if outside["limits"] != [200] * 5 + [429]:
        faults.append(f"forged addresses started a fresh count: {outside['limits']}")
    if outside["location"] != "/sign-in/?next=/" or outside["metrics"] != 404:
        faults.append(f"forged headers changed an answer: {outside}")
    if outside["ours under a spoofed host"]:
        faults.append("a page of ours came under a spoofed host name")
    if len(outside["hsts"] or []) != 1 or outside["policies"] != 1 or "Secure" not in outside["cookie"]:
        faults.append(f"security headers: {outside}")
    web = f"http://{INNER}.{place.webs[0].numbers['inner']}:8000"
    beside = place.python(
        place.workers[0], "-c",
        "import urllib.request as u, urllib.error as e, sys\n"
        f"r = u.Request('{web}/metrics/', headers={{'Host': 'desk.example.com', 'X-Forwarded-For': '127.0.0.1'}})\n"
        "try: print(u.urlopen(r).status)\n"
        "except e.HTTPError as error: print(error.code)",
    ).strip()  # fmt: skip
    print(f"Metrics asked for beside the proxy, from the inner network: {beside}")
    return faults if beside == "404" else [*faults, f"metrics beside the proxy: {beside}"]


def _other_ground(place: Place) -> list[str]:
    """A machine with keys and files of its own is refused in words."""
    web = place.webs[2]
    env = place.env(web) | {"QUIETMONDAY_VAR": str(place.folder / "stranger"), "PORT": "8001"}
    done = subprocess.run(
        ["ip", "netns", "exec", web.space, sys.executable, "-m", "quietmonday", "web"],
        env=env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    print(f"A machine that shares nothing: {done.stderr.splitlines()[0]}")
    return [] if done.returncode == 1 and done.stderr.count("\n- ") == 3 else [f"a stranger started: {done.stderr}"]


def _load(place: Place, seconds: float) -> dict[str, Any]:
    """Let people report; a third of the way one web machine hangs and dies, at a half one with worker and scheduler."""
    links = [place.ours(place.webs[0], "sign-in-link", person).split()[-1] for person in PEOPLE]
    for after, host in ((seconds / 3, place.webs[1]), (seconds / 2, place.workers[0])):
        threading.Timer(after, lambda host=host: print(f"Killed {host.name}: {host.kill(hang=2)} processes")).start()  # type: ignore[misc]  # a lambda's default
    words = ["-m", "tests.network.clients", "load", str(place.authority), str(seconds), *links]
    said: dict[str, Any] = json.loads(place.python(place.client, *words))
    rate = len(said["told"]) / said["seconds"]
    print(
        f"{len(PEOPLE)} people reported {len(said['told'])} times in {said['seconds']} s ({rate:.1f} a second); "
        f"{said['again']} times they had to press again; slowest answer {said['slowest']} s"
    )
    return said


def _settle(place: Place) -> None:
    """Wait until no work is left: the dead worker is missed after a minute."""
    begun = time.monotonic()
    query = "SELECT count(*) FROM outbox_outboxitem WHERE done_at IS NULL AND failed_at IS NULL AND due_at < now()"
    while place.sql(query) != ["0"]:
        if time.monotonic() - begun > 240:
            raise RuntimeError(f"work is left: {place.sql(query)}")
        time.sleep(1)
    print(f"No work left {time.monotonic() - begun:.0f} s after the load")


def _compare(place: Place, said: dict[str, Any]) -> list[str]:
    """Hold what the people were told beside the rows, and the mails that arrived beside those that were to go."""
    texts = Counter(place.sql("SELECT text FROM support_message WHERE text LIKE 'Load %'"))
    numbers = place.sql("SELECT count(*), count(DISTINCT (business_id, number)) FROM work_workitem")
    sent = place.sql(
        "SELECT m.message_id FROM outbox_outgoingmessage m JOIN outbox_outboxitem i ON i.id = m.item_id "
        "WHERE i.done_at IS NOT NULL"
    )
    arrived = Counter(json.loads(line)["id"] for line in place.mails.read_text().splitlines())
    failed = place.sql("SELECT topic FROM outbox_outboxitem WHERE failed_at IS NOT NULL")
    lost = [text for text in said["told"] if not texts[text]]
    twice = [text for text, count in texts.items() if count > 1]
    untold = [text for text in texts if text not in said["told"]]
    verified = place.ours(place.webs[0], "verify").strip().splitlines()[-1]
    print(
        f"Rows: {len(texts)} requests, {len(lost)} lost, {len(twice)} twice, {len(untold)} that nobody was told of; "
        f"work items and their numbers {numbers[0]}\nMails: {len(sent)} to send, {len(set(sent) - set(arrived))} did "
        f"not arrive, {sum(count - 1 for count in arrived.values())} came once more (same Message-ID)\n{verified}"
    )
    faults = [f"lost: {lost[:5]}"] if lost else []
    faults += [f"twice: {twice[:5]}"] if twice else []
    faults += [f"mails that did not arrive: {len(set(sent) - set(arrived))}"] if set(sent) - set(arrived) else []
    faults += [f"failed work: {Counter(failed)}"] if failed else []
    count, different = numbers[0].split("|")
    faults += [] if count == different else [f"two work items of one number: {numbers}"]
    return faults if "whole" in verified else [*faults, verified]


if __name__ == "__main__":
    sys.exit(main())
