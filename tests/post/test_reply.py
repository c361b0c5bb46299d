"""New text and quoted text. Losing what somebody wrote is the worse mistake."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.kit.text import clean_text
from quietmonday.post.logic.html import to_text
from quietmonday.post.logic.mail import parse
from quietmonday.post.logic.reply import new_text
from tests.shared import DATA, needs_data

QUOTE = "> Try again\n> Help"

ATTRIBUTIONS = {
    "gmail": "On Fri, 20 Nov 2026 at 09:30, Help <h@x.test> wrote:",
    "gmail, folded": "On Fri, 20 Nov 2026 at 09:30, Help Desk of Client\n<h@x.test> wrote:",
    "folded inside the angles": "On Fri, 20 Nov 2026 at 09:30, Help Desk <\nhelp-desk@client.test> wrote:",
    "folded twice": "On Friday, 20 November 2026, 09:30:11 CET,\nHelp Desk of a very long name\n<h@x.test> wrote:",
    "an iPhone": "On 20 Nov 2026, at 09:30, Help <h@x.test> wrote:",
    "thunderbird": "On 20/11/2026 09:30, Help wrote:",
    "yahoo": "On Friday, November 20, 2026 at 09:30:11 AM GMT, Help <h@x.test> wrote:",
    "German": "Am 20.11.2026 um 09:30 schrieb Help <h@x.test>:",
    "German, Apple": "Am 20.11.2026 um 09:30 schrieb Help Desk\n<h@x.test>:",
    "German, Google": "Am Fr., 20. Nov. 2026 um 09:30 Uhr schrieb Help <h@x.test>:",
    "French": "Le ven. 20 nov. 2026 à 09:30, Help <h@x.test> a écrit :",
    "French, Thunderbird": "Le 20/11/2026 à 09:30, Help a écrit\xa0:",
    "Spanish": "El vie, 20 nov 2026 a las 9:30, Help (<h@x.test>) escribió:",
    "Italian": "Il giorno ven 20 nov 2026 alle ore 09:30 Help <h@x.test> ha scritto:",
    "Dutch": "Op vr 20 nov 2026 om 09:30 schreef Help <h@x.test>:",
    "Portuguese": "Em sex., 20 de nov. de 2026 às 09:30, Help <h@x.test> escreveu:",
    "Polish": "pt., 20 lis 2026 o 09:30 Help <h@x.test> napisał(a):",
    "Polish, Thunderbird": "W dniu 20.11.2026 o 09:30, Help pisze:",
    "Danish": "Den fre. 20. nov. 2026 kl. 09.30 skrev Help <h@x.test>:",
    "Swedish": "Den fre 20 nov. 2026 kl 09:30 skrev Help <h@x.test>:",
    "Norwegian": "fre. 20. nov. 2026 kl. 09:30 skrev Help <h@x.test>:",
    "Finnish": "pe 20. marrask. 2026 klo 9.30 Help (h@x.test) kirjoitti:",
    "Czech": "pá 20. 11. 2026 v 9:30 odesílatel Help <h@x.test> napsal:",
    "Hungarian": "Help <h@x.test> ezt írta (időpont: 2026. nov. 20., P, 9:30):",
    "Russian": "пт, 20 нояб. 2026 г. в 09:30, Help <h@x.test>:",
    "Mail.ru": "Fri, 20 Nov 2026 09:30:51 +0400 от Help <h@x.test>:",
    "Yandex": '20.11.2026, 09:30, "Help" <h@x.test>:',
    "Turkish": "Help <h@x.test>, 20 Kas 2026 Cum, 09:30 tarihinde şunu yazdı:",
    "Japanese": "2026年11月20日(金) 9:30 Help <h@x.test>:",
    "the name first, folded at a full stop": "Help <h@x.test> schrieb am So., 23.\nJuni 2024, 21:08:",
    "Zoho": "---- On Fri, 20 Nov 2026 09:30:50 +0100 h@x.test wrote ----",
    "Italian, Outlook on a telephone": 'In data 20 novembre 2026 09:30:31 "Help" <h@x.test> ha scritto:',
    "no space after the time": "Den fre 20 nov. 2026 09:30Help <h@x.test> skrev:",
    "Spark": "On 20 Nov 2026 at 09:30 +0100, Help <h@x.test>, wrote:",
    "a name and an address only": "help <h@x.test> wrote:",
    "a language that we do not know": "Help <h@x.test> zxcv qwer 20:",
    "Chinese": "Help <h@x.test> 于2026年11月20日周五 09:30写道：",
}


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_what_stands_above_an_attribution_is_new(name: str) -> None:
    written = ATTRIBUTIONS[name]
    for between in ("\n", "\n\n"):
        text = f"It works now.\nThank you{between}{written}{between}{QUOTE}\n"
        new, quoted = new_text(text)
        assert new == "It works now.\nThank you"
        assert quoted.startswith(written.split("\n")[0])
    # The sentence above it is not swallowed, even without a full stop.
    assert new_text(f"We are back on 3 May\n{written}\n\n{QUOTE}")[0] == "We are back on 3 May"


HEADS = {
    "Outlook": "From: Help <h@x.test>\nSent: Friday, 20 November 2026 09:30\nTo: Anna\nSubject: Printer",
    "Outlook, bold": "*From:* Help [mailto:h@x.test]\n*Sent:* Friday\n*To:* Anna\n*Subject:* Printer",
    "below a rule": "________________________________\nFrom: Help\nSent: Friday\nTo: Anna\nSubject: Printer",
    "below a rule, short": "________________________________________\nFrom: Help\nSent: Friday",
    "German": "Von: Help <h@x.test>\nGesendet: Freitag, 20. November 2026 09:30\nAn: Anna\nBetreff: Drucker",
    "French": "De : Help <h@x.test>\nEnvoyé : vendredi 20 novembre\nÀ : Anna\nObjet : Imprimante",
    "Spanish": "De: Help\nEnviado el: viernes, 20 de noviembre\nPara: Anna\nAsunto: Impresora",
    "Italian": "Da: Help\nInviato: venerdì 20 novembre\nA: Anna\nOggetto: Stampante",
    "Dutch": "Van: Help\nVerzonden: vrijdag 20 november\nAan: Anna\nOnderwerp: Printer",
    "Portuguese": "De: Help\nEnviada em: sexta-feira\nPara: Anna\nAssunto: Impressora",
    "Polish": "Od: Help\nWysłano: piątek\nDo: Anna\nTemat: Drukarka",
    "Swedish": "Från: Help\nSkickat: fredag\nTill: Anna\nÄmne: Skrivare",
    "Danish": "Fra: Help\nSendt: fredag\nTil: Anna\nEmne: Printer",
    "Czech": "Od: Help\nOdesláno: pátek\nKomu: Anna\nPředmět: Tiskárna",
    "Russian": "От: Help\nОтправлено: пятница\nКому: Anna\nТема: Принтер",
    "Hotmail": "Date: Fri, 20 Nov 2026 09:30\nSubject: Printer\nFrom: h@x.test\nTo: anna@y.test",
    "a long To": "From: Help\nSent: Friday\nTo: Anna; Bob; Carol; Dan; Eve; Frank;\n Grace; Heidi\nSubject: Printer",
    "an original message": "-----Original Message-----\nFrom: Help",
    "an original message, German": "-----Ursprüngliche Nachricht-----\nVon: Help",
    "an original message, French": "-----Message d'origine-----\nDe : Help",
}


@pytest.mark.parametrize("name", HEADS)
def test_what_stands_above_the_head_of_an_older_message_is_new(name: str) -> None:
    new, quoted = new_text(f"It works.\n\nAnna\n\n{HEADS[name]}\n\nTry again\nHelp")
    assert new == "It works.\n\nAnna"
    assert quoted.startswith(HEADS[name].split("\n")[0])
    assert quoted.endswith("Try again\nHelp")


@pytest.mark.parametrize(
    "footer",
    [
        "Sent from my iPhone",
        "Sent from my Verizon Wireless BlackBerry",
        "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
        "Get Outlook for Android <https://aka.ms/ghei36>",
        "Von meinem iPhone gesendet",
        "Gesendet von Mail für Windows",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Enviado do meu iPhone",
        "Wysłane z iPhone'a",
        "Skickat från min iPhone",
        "-- \nAnna Berg\nClient Ltd, +44 20 7946 0000",
    ],
)
def test_a_signature_at_the_end_is_put_away_and_one_above_a_quote_stays(footer: str) -> None:
    assert new_text(f"It works.\n\n{footer}\n") == ("It works.", footer)
    above = f"It works.\n\n{footer}\n\nOn Fri, 20 Nov 2026 at 09:30, Help <h@x.test> wrote:\n{QUOTE}"
    assert new_text(above)[0] == f"It works.\n\n{footer}"
    below = f"It works.\n\nOn Fri, 20 Nov 2026 at 09:30, Help <h@x.test> wrote:\n{QUOTE}\n\n{footer}"
    assert new_text(below)[0] == "It works."


@pytest.mark.parametrize(
    "text",
    [
        "Nothing quoted here.\n\nJust two paragraphs.",
        "> Does it work?\n\nNo.\n\n> Is it on?\n\nYes.",
        "> Does it work?\n\nNo, it does not.",
        "On Fri, 20 Nov 2026, Help <h@x.test> wrote:\n> a\n\nfirst answer\n\n> b\n\nsecond answer",
        "On Fri, 20 Nov 2026, Help <h@x.test> wrote:\n> only a quote",
        "From: me to you, with thanks",
        "Change this:\nFrom: 10:00\nTo: 11:00",
        "The error says:\n> disk full\nand then it stops.",
        "On Monday I wrote:\nplease call me. Nobody did.",
        "As Anna wrote: it does not work.",
        "Since 10:30 the log says:\n\n> disk full\n> disk full",
        "The build of 2026-11-20 ends so:\n> error 1\n> error 2\n",
        "At 10:30 the log said:\n\ndisk full",
        "Sent from my desk, which is much easier than my telephone.",
        "Sent from my desk. It is broken, by the way.",
        "Is this real?\nIt says:\n\nFrom: Bank <a@evil.test>\nSent: Friday\nTo: me\nSubject: Pay\n\nPay now",
        "FYI\n\n---------- Forwarded message ---------\nFrom: Bank <a@evil.test>\nDate: Fri\nSubject: Pay\nTo: me\n\nP",
        "Anfang der weitergeleiteten Nachricht:\n\nVon: Bank\nBetreff: Zahlen\nDatum: heute\nAn: mich\n\nZahlen",
        "1. do this\n2. do that -- not this\n3. Smith: done",
        "",
    ],
)
def test_when_unsure_everything_is_new(text: str) -> None:
    assert new_text(text) == (text.strip("\n"), "")


def test_what_is_forwarded_is_what_the_mail_is_about() -> None:
    forwarded = f"Please look\n\n{HEADS['Outlook']}\n\nTry again"
    for subject in ("FW: Printer", "Fwd: Printer", "WG: Drucker", "TR : Imprimante", "RV: Impresora", "I: Stampante"):
        assert new_text(forwarded, subject) == (forwarded, "")
    assert new_text(forwarded, "RE: FW: Printer")[0] == "Please look"


def test_an_answer_below_the_one_quote_is_new() -> None:
    text = f"On 20/11/2026 09:30, Help wrote:\n{QUOTE}\n\nIt works now.\nThank you"
    assert new_text(text) == ("It works now.\nThank you", f"On 20/11/2026 09:30, Help wrote:\n{QUOTE}")


def test_the_foot_of_a_mailing_list_is_no_answer() -> None:
    text = f"It works.\n\nOn 20/11/2026 09:30, Help wrote:\n{QUOTE}\n\n{'_' * 40}\nlist@x.test\nhttps://x.test/leave"
    assert new_text(text)[0] == "It works."


PIECES = (
    "On Fri, 20 Nov 2026, Help <h@x.test> wrote:",
    "Am 1.1.2026 schrieb A B:",
    "On Fri, 20 Nov 2026,",
    "<h@x.test> wrote:",
    "> quoted",
    ">",
    "-- ",
    "words",
    "words:",
    "",
    "From: a",
    "Sent: b",
    "To: c",
    "Subject: d",
    "Sent from my iPhone",
    "  indented",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "On On On",
    "___" * 12,
)
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=10), max_size=14).map(
    lambda lines: clean_text("\n".join(lines))
)


def said(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


@settings(max_examples=600, deadline=None)
@given(texts, st.sampled_from(("", "Fwd: x", "Re: x")))
def test_no_line_is_lost_and_none_changes_its_place(text: str, subject: str) -> None:
    new, quoted = new_text(text, subject)
    assert said(text) in (said(new) + said(quoted), said(quoted) + said(new))
    assert new.strip() or not text.strip()


@settings(max_examples=600, deadline=None)
@given(texts)
def test_what_is_new_stays_new(text: str) -> None:
    new, _ = new_text(text)
    again, away = new_text(new)
    # With the quote gone, a signature or lines of `>` may stand at the end of what is left.
    signs = [line for line in said(new) if line.startswith(("--", "Sent from my", ">", "On", "Am")) or line[-1] == ":"]
    assert again == new if not signs else said(new) in (said(again) + said(away), said(away) + said(again))


SLOW = {
    "On": "On " * 100_000,
    "short lines of On": ("On On " + "a " * 97 + "\n") * 3_000,
    "attributions without an end": "On Fri, 20 Nov 2026 at 09:30, Help <h@x.test>\n" * 8_000,
    "attributions": "On Fri, 20 Nov 2026 at 09:30, Help <h@x.test> wrote:\n" * 8_000,
    "quotes": "> " * 100_000,
    "lines of quotes": "> a\n" * 100_000,
    "quotes and answers": "> a\nb\n" * 60_000,
    "heads": "From: a\nSent:" * 20_000,
    "blank lines": "\n" * 300_000,
    "a long field": "Cc: " + " " * 300_000 + "x",
    "stars": ("* " * 95 + "\n") * 3_000,
    "dashes": ("-" * 119 + "\n") * 3_000,
    "dashes and words": ("-- a " * 23 + "\n") * 3_000,
    "addresses": ("a@" * 190 + ":\n") * 2_000,
    "digits": ("1:1" * 120 + ":\n") * 2_000,
    "separators": ("_____\n") * 50_000,
}


@pytest.mark.parametrize("name", SLOW)
def test_text_made_to_be_slow_comes_back_whole_and_soon(name: str) -> None:
    text = SLOW[name]
    begun = time.process_time()
    new, quoted = new_text(text)
    assert time.process_time() - begun < 2
    assert sorted(said(new) + said(quoted)) == sorted(said(text))


HTML = {
    "Outlook on the web": (
        "<div>It works.<br></div><div id='appendonsend'></div><hr style='display:inline-block;width:98%'>"
        "<div id='divRplyFwdMsg'><b>From:</b> Help &lt;h@x.test&gt;<br><b>Sent:</b> Friday<br><b>To:</b> Anna<br>"
        "<b>Subject:</b> Printer</div><div>Try again</div>"
    ),
    "Outlook": (
        "<p class=MsoNormal>It works.<o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
        "<p class=MsoNormal><b>Von:</b> Help &lt;h@x.test&gt; <br><b>Gesendet:</b> Freitag<br><b>An:</b> Anna<br>"
        "<b>Betreff:</b> Drucker</p></div><p class=MsoNormal>Nochmal</p>"
    ),
    "Apple Mail": (
        "<div>It works.</div><div><br><blockquote type='cite'><div>On 20 Nov 2026, at 09:30, Help &lt;h@x.test&gt; "
        "wrote:</div><br><div>Try again</div></blockquote></div>"
    ),
    "Gmail": (
        "<div dir='ltr'>It works.</div><br><div class='gmail_quote'><div class='gmail_attr'>On Fri, 20 Nov 2026 at "
        "09:30, Help &lt;<a href='mailto:h@x.test'>h@x.test</a>&gt; wrote:<br></div><blockquote class='gmail_quote' "
        "style='border-left:1px solid'>Try again</blockquote></div>"
    ),
    "Thunderbird": (
        "<p>It works.</p><div class='moz-cite-prefix'>Am 20.11.26 um 09:30 schrieb Help:<br></div>"
        "<blockquote type='cite' cite='mid:1@x'><p>Try again</p></blockquote>"
    ),
    "Yahoo": (
        "<div>It works.</div><div><br></div><div class='yahoo_quoted'><div>On Friday, 20 November 2026 at 09:30:11 "
        "GMT, Help &lt;h@x.test&gt; wrote: </div><div>Try again</div></div>"
    ),
    "Proton": (
        "<div>It works.</div><div><br></div><div class='protonmail_quote'>On Friday, November 20th, 2026 at 09:30, "
        "Help &lt;h@x.test&gt; wrote:<br><blockquote class='protonmail_quote' type='cite'>Try again</blockquote></div>"
    ),
    "a telephone": (
        "It works.<br><br>-------- Original message --------<br>From: Help &lt;h@x.test&gt;<br>Date: 20/11/2026 09:30"
        "<br>To: anna@y.test<br>Subject: Printer<br><br>Try again"
    ),
}


@pytest.mark.parametrize("name", HTML)
def test_the_html_of_a_mail_program_says_what_is_new(name: str) -> None:
    new, quoted = new_text(to_text(HTML[name]))
    assert new == "It works."
    assert "again" in quoted or "Nochmal" in quoted


def test_an_indented_paragraph_at_the_end_is_no_quote() -> None:
    html = "<p>It says</p><blockquote style='margin:0 0 0 40px'><p>disk full</p></blockquote>"
    assert new_text(to_text(html)) == ("It says\n\n  disk full", "")


# The real replies beside the project

REPLIES = DATA / "mail" / "replies"

OTHER_ANSWERS = {
    # It is said to begin with "One outstanding question", but a sentence stands above that, and it is new.
    "email_one_is_not_on.txt": "Thank, this is really helpful.\n\nOne outstanding question I had:",
}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def of(path: Path) -> tuple[str, str]:
    """Return text and subject of one file as the intake sees them."""
    raw = path.read_bytes()
    if path.suffix == ".eml":
        mail = parse(raw)
        return mail.text, mail.subject
    return (to_text(raw.decode()) if path.suffix == ".html" else clean_text(raw.decode())), ""


def wanted() -> list[tuple[Path, dict[str, object]]]:
    expected = json.loads((REPLIES / "expected.json").read_text())
    return [
        (path, want)
        for pattern, want in expected.items()
        if pattern != "about"
        for path in sorted(REPLIES.glob(pattern))
    ]


@needs_data
def test_real_replies_give_their_new_text_and_lose_none() -> None:
    exact, others, lost = 0, {}, []
    for path, want in wanted():
        text, subject = of(path)
        begun = time.process_time()
        new, _ = new_text(text, subject)
        good = time.process_time() - begun < 1
        if equals := want.get("equals"):
            beside = path.with_name(f"{path.stem}_reply_text")
            whole = beside.read_text() if "unless" in want and beside.exists() else str(equals)
            good &= squeezed(new) == squeezed(whole) if want.get("squeeze") else new.strip() == whole.strip()
            if squeezed(whole) not in squeezed(new):
                lost.append(path.name)
        good &= new.startswith(str(want.get("starts", "")))
        good &= not any(str(each) in new for each in want.get("lacks", ()))  # type: ignore[attr-defined]  # a list
        exact += good
        if not good:
            others[path.name] = new
    assert exact + len(others) == 37
    assert lost == []
    assert others.keys() == OTHER_ANSWERS.keys()
    assert all(others[name].startswith(begins) for name, begins in OTHER_ANSWERS.items())
