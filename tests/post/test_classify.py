"""Who may be answered by a machine (attack 6)."""

import pytest

from quietmonday.post.logic.classify import OWN_HEADER, Kind, classify
from quietmonday.post.logic.mail import parse

OWN = ("help@host.test",)


def kind(*headers: str, body: str = "words") -> Kind:
    lines = (
        headers if any(line.startswith("From:") for line in headers) else ("From: Anna <anna@client.test>", *headers)
    )
    return classify(parse("\n".join([*lines, "", body]).encode()), OWN).kind


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Subject: Printer", Kind.NORMAL),
        ("Auto-Submitted: no", Kind.NORMAL),
        ("Auto-Submitted: auto-replied", Kind.AUTO_REPLY),
        ("Auto-Submitted: Auto-Generated; x=y", Kind.AUTO_REPLY),
        ("Return-Path: <>", Kind.AUTO_REPLY),
        ("Return-Path: <anna@client.test>", Kind.NORMAL),
        ("Precedence: bulk", Kind.AUTO_REPLY),
        ("Precedence: junk", Kind.AUTO_REPLY),
        ("Precedence: list", Kind.LIST),
        ("Precedence: first-class", Kind.NORMAL),
        ("List-Id: <news.client.test>", Kind.LIST),
        ("List-Unsubscribe: <https://x.test>", Kind.NORMAL),  # programs of sales departments add it to letters
        ("X-Autoreply: yes", Kind.AUTO_REPLY),
        ("X-Auto-Response-Suppress: All", Kind.NORMAL),
        ("X-Auto-Response-Suppress: All\nSubject: Automatic reply: Printer", Kind.AUTO_REPLY),
        ("Subject: Automatic updates switched off?", Kind.NORMAL),
        ("In-Reply-To: <1@x>\nSubject: Automatic reply: Printer", Kind.AUTO_REPLY),
        ("In-Reply-To: <1@x>\nSubject: Abwesenheitsnotiz: Drucker", Kind.AUTO_REPLY),
        ("In-Reply-To: <1@x>\nSubject: Réponse automatique : Imprimante", Kind.AUTO_REPLY),
        ("In-Reply-To: <1@x>\nSubject: Out of Office", Kind.AUTO_REPLY),
        ("In-Reply-To: <1@x>\nSubject: Out of office replies cannot be switched on", Kind.NORMAL),
        ("Subject: Out of office: it cannot be switched on", Kind.NORMAL),
        ("Return-Path: <>\nFrom: sysadmin@carrier.test\nSubject: Undeliverable Message", Kind.BOUNCE),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", Kind.NORMAL),  # no parts: a claim
        ("X-Failed-Recipients: a@b.test", Kind.BOUNCE),
        ("From: MAILER-DAEMON@mx.test", Kind.BOUNCE),
        ("From: Mail Delivery Subsystem <x@mx.test>", Kind.BOUNCE),
        ("From: postmaster@client.test\nSubject: Our new mail server", Kind.NORMAL),
        ("From: postmaster@client.test\nSubject: Undeliverable: Printer", Kind.BOUNCE),
        ("From: System Administrator <admin@client.test>", Kind.NORMAL),
        ("Subject: Fwd: Undeliverable: Printer", Kind.NORMAL),
        ("From: no-reply@shop.test", Kind.NO_REPLY_SENDER),
        ("From: donotreply+7@shop.test", Kind.NO_REPLY_SENDER),
        ("From: norepair@shop.test", Kind.NORMAL),
        ("From: Bo", Kind.NO_REPLY_SENDER),
        (f"{OWN_HEADER}: notice", Kind.OWN_MAIL),
        ("X-Loop: <HELP@host.test>", Kind.LOOP),
        ("X-Loop: other@host.test", Kind.NORMAL),
        ("From: help@host.test", Kind.LOOP),
        ("\n".join(["Received: x"] * 51), Kind.LOOP),
    ],
)
def test_a_mail_is_what_its_headers_say(header: str, expected: Kind) -> None:
    assert kind(header) == expected


def test_a_report_of_delivery_is_a_bounce_and_one_of_reading_an_automatic_answer() -> None:
    body = "--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--b--"
    assert kind("Content-Type: multipart/report; report-type=delivery-status; boundary=b", body=body) == Kind.BOUNCE
    assert kind("Content-Type: multipart/mixed; boundary=b", body=body) == Kind.BOUNCE
    read = body.replace("delivery-status", "disposition-notification")
    assert (
        kind("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", body=read)
        == Kind.AUTO_REPLY
    )


def test_the_rule_that_decided_is_named() -> None:
    classified = classify(parse(b"From: a@b.test\nAuto-Submitted: auto-replied\n\nI am away"))
    assert (classified.kind, classified.rule) == (Kind.AUTO_REPLY, "Auto-Submitted (RFC 3834)")
    assert classify(parse(b"From: a@b.test\n\nx")).rule == ""
