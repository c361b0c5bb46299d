"""What taking in mails costs: `quietmonday import mail` over generated ones, on a fresh installation."""

from __future__ import annotations

import dataclasses
import email.message
import email.policy
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.machine import Foreign
from bench.server import ROOT, environment, run
from bench.words import sentence, text

PEOPLE = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Intake:
    """Mails taken in: how many a second, ms of processor each, without what starting the command takes."""

    mails: int
    per_second: float
    cpu_ms: float
    foreign: float
    said: str


def bench_intake(mails: int, *, database: str = "") -> Intake:
    """Import so many generated mails into an empty installation; return what it took."""
    with tempfile.TemporaryDirectory(prefix="quietmonday-bench-") as folder:
        var, files = Path(folder) / "var", Path(folder) / "mails"
        files.mkdir()
        for number, mail in enumerate(generated(mails)):
            (files / f"m{number:05}.eml").write_bytes(mail)
        environ = environment(var, database=database) | {"QUIETMONDAY_PLAIN_STATIC": "1"}
        run(environ, "quietmonday", "migrate", "--verbosity", "0")
        one = Path(folder) / "one"
        one.mkdir()
        (one / "m.eml").write_bytes(next(generated(1, seed=99)))
        start, start_cpu, _, _ = _imported(environ, one)
        took, cpu, foreign, said = _imported(environ, files)
    return Intake(
        mails=mails,
        per_second=mails / max(took - start, 1e-3),
        cpu_ms=(cpu - start_cpu) / mails * 1000,
        foreign=foreign,
        said=said,
    )


def generated(count: int, *, seed: int = 3) -> Iterator[bytes]:
    """Yield raw mails from PEOPLE senders, plain text and HTML, about 3 KB each."""
    chosen = random.Random(seed)
    for number in range(count):
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        person = chosen.randrange(PEOPLE)
        mail["From"] = f"Person {person} <person{person}@client.example>"
        mail["To"] = "help@supplier.example"
        mail["Subject"] = f"{number} {sentence(chosen, 6)}"
        mail["Date"] = "Fri, 20 Mar 2026 10:00:00 +0000"
        mail["Message-ID"] = f"<bench-{seed}-{number}@client.example>"
        words = f"{text(chosen)}\n\n{text(chosen)}\n\n-- \nPerson {person}\n"
        mail.set_content(words)
        paragraphs = "</p><p>".join(words.split("\n\n"))
        mail.add_alternative(f"<html><body><p>{paragraphs}</p></body></html>", subtype="html")
        yield mail.as_bytes()


def _imported(environ: dict[str, str], path: Path) -> tuple[float, float, float, str]:
    """Return seconds, seconds of processor, what others used, and the last line said."""
    command = [sys.executable, "-m", "quietmonday", "import", "mail", str(path)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with Foreign({os.getpid()}) as others:
        done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    foreign = max(0.0, others.share - cpu / seconds / (os.cpu_count() or 1))
    return seconds, cpu, foreign, done.stdout.strip().splitlines()[-1]
