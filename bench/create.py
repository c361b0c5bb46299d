"""What opening a request costs, through the product's own action, one transaction each.

    python -m bench.create --n 300

Opens `--n` requests in the filled database of the environment (it is not the same afterwards); prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time


def main() -> None:
    """Open requests for the first business; print ms each at the median, at 95 %, and of the processor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=300)
    n = parser.parse_args().n
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    django.setup()
    from django.db import connection

    from bench.machine import Foreign
    from bench.words import sentence, text
    from quietmonday.kit.actors import Actor
    from quietmonday.kit.clock import now
    from quietmonday.people.models import Engagement
    from quietmonday.support.actions.opening import Words, open_ticket

    engagement = Engagement.objects.select_related("business", "owner").order_by("business__name").first()
    if engagement is None or engagement.owner is None:
        raise SystemExit("Fill the database first.")
    owner, chosen, times, queries = engagement.owner, random.Random(5), [], [0]

    def count(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        queries[0] += 1
        return execute(sql, params, many, context)  # type: ignore[operator]  # Django passes its own function

    def one() -> None:
        at = now()
        words = Words(text=text(chosen), channel="web", author=owner, author_name=owner.name, occurred_at=at)
        open_ticket(
            business=engagement.business,
            engagements=[engagement],
            subject=sentence(chosen, 7),
            words=words,
            source="web",
            actor=Actor(id=owner.id, name=owner.name),
            now=at,
            requester=owner,
            reported_at=at,
        )

    with connection.execute_wrapper(count):
        one()
    for _ in range(10):
        one()
    with Foreign(set()) as others:
        used = time.process_time()
        for _ in range(n):
            began = time.perf_counter()
            one()
            times.append((time.perf_counter() - began) * 1000)
        used = time.process_time() - used
    times.sort()
    print(
        json.dumps(
            {
                "n": n,
                "median_ms": statistics.median(times),
                "p95_ms": times[int(n * 0.95)],
                "least_ms": times[0],
                "cpu_ms": used / n * 1000,
                "statements": queries[0],
                "per_second": n / sum(times) * 1000,
                "foreign": others.share,
            }
        )
    )


if __name__ == "__main__":
    main()
