"""A report that a mail came back: the same bytes as its words, as its status and as the copy it brings."""

from quietmonday.kit.text import clean_line
from quietmonday.post.logic.bounce import MAX_FAILED, MAX_IDS, MAX_SAID, read_report
from quietmonday.post.logic.classify import classify
from quietmonday.post.logic.mail import parse
from tests.fuzzing.harness import Harness


def check(data: bytes) -> None:
    mail = parse(
        b'Content-Type: multipart/report; boundary="-~edge"\n\n---~edge\nContent-Type: text/plain\n\n'
        + data
        + b"\n---~edge\nContent-Type: message/delivery-status\n\n"
        + data
        + b"\n---~edge\nContent-Type: text/rfc822-headers\n\n"
        + data
        + b"\n---~edge--\n"
    )
    classify(mail)
    report = read_report(mail)
    assert len(report.failed) <= MAX_FAILED
    assert len(report.ids) <= MAX_IDS and len(report.answer_to) <= MAX_IDS
    assert (report.about("anna@client.test") is None) == report.delayed
    for failed in (*report.failed, report.otherwise):
        assert failed.said == clean_line(failed.said, MAX_SAID)


HARNESS = Harness(
    check=check,
    seeds=[
        b"Reporting-MTA: dns; mx.client.test\n\nOriginal-Recipient: rfc822;anna@client.test\n"
        b"Final-Recipient: rfc822; anna@client.test\nAction: failed\nStatus: 5.1.1\n"
        b"Diagnostic-Code: smtp; 550 5.1.1\n no such user here",
        b"Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; b@c.test\nAction: delayed\nWill-Retry-Until: x",
        b"Your message to <anna@client.test> could not be delivered: 552 mailbox full\n\n"
        b"----- This is a copy of your message -----\nMessage-ID: <qm.abc.def@host>\nTo: anna@client.test",
        b"X-Failed-Recipients: a@b.test, c@d.test\nSubject: Mail delivery failed\nReferences: <1@2.test>",
    ],
    words=[
        *(b"Final-Recipient: rfc822;", b"Action: failed", b"Status: 5.", b"Message-ID: <"),
        *(b"550 ", b"<qm.", b"+r.", b"\n\n"),
    ],
)
