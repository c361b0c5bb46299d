"""A whole mail: read, classified, its reply cut, its HTML cleaned, its report of non-delivery read."""

from quietmonday.post.logic.mail import parse
from tests.fuzzing.harness import Harness
from tests.post.test_mail_hostile import FRAGMENTS, HEADERS, SEEDS
from tests.post.test_mail_hostile import check as holds_of_every_mail


def check(data: bytes) -> None:
    mail = parse(data)
    holds_of_every_mail(mail)
    assert parse(data) == mail
    # What is signed as a whole stands in its attachment, and once more as what was taken out of it.
    assert sum(len(file.data) for file in mail.attachments) <= 3 * len(data)


HARNESS = Harness(check=check, seeds=SEEDS, words=[*FRAGMENTS, *HEADERS])
