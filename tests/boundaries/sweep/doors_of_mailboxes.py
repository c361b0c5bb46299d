"""Doors of mailboxes, of the services that give them tokens, and of how their mail is sorted."""

from __future__ import annotations

from tests.boundaries.sweep.rules import MEMBERS, NOBODY, form, page, ref, verb, who

KEEPERS = who("asha ines hal ada")  # managers of suppliers, and who runs the installation
OTHERS = MEMBERS - KEEPERS

MAILBOX = {"host": "imap.example", "security": "tls", "port": "993", "user": "u", "password": "p", "way": "imap",
           "sign_in": "password", "folders": "INBOX", "begins": "now", "after": "leave"}  # fmt: skip
SERVICE = {"name": "Google", "kind": "google", "flow": "person", "client_id": "c", "secret": "s"}

MAILBOXES = [
    page("support:mailboxes", KEEPERS, refused=OTHERS),
    page("support:connect_mailbox", KEEPERS, refused=OTHERS),
    *(
        verb("support:connect_mailbox", ok, lambda world, t=target: {
            **MAILBOX, "serves": world[f"{t}_engagement"].pk, "address": f"new-{t}@mail.example"}, target,
            lambda world: {}, refused=OTHERS, also=((422, KEEPERS - who(ok)),))
        for target, ok in (("ours", "asha ada"), ("theirs", "ada"))
    ),
    *(
        each
        for target, ok in (("ours_mailbox", "asha ada"), ("theirs_mailbox", "ada"), ("everybodys_mailbox", "ada"))
        for each in (
            *form("support:mailbox", ok, MAILBOX, target),
            *(verb(f"support:{name}", ok, {}, target)
              for name in ("try_mailbox", "pause_mailbox", "disconnect_mailbox")),
        )
    ),
    *(
        each
        for target, ok in (("ours_token_mailbox", "asha ada"), ("theirs_token_mailbox", "ada"))
        for each in (
            verb("support:resume_mailbox", ok, {}, target),
            # It shows the way to the service; what it writes is of the session.
            verb("support:sign_in_mailbox", NOBODY, {}, target, ref(target), also=((200, who(ok)),)),
        )
    ),
    # Without a sign-in that this session began, nobody comes back.
    page("support:signed_in_there", NOBODY, query=lambda world: "?code=a&state=b", also=((422, MEMBERS),)),
    page("support:mail_services", KEEPERS, refused=OTHERS),
    *(
        verb("support:mail_services", ok, lambda world, t=target: {**SERVICE, "owner": world[f"{t}_supplier"].pk},
             target, lambda world: {}, refused=OTHERS, also=((422, KEEPERS - who(ok)),))
        for target, ok in (("ours", "asha ada"), ("theirs", "ada"))
    ),
    *(
        each
        for target, ok in (("ours_service", "asha ada"), ("theirs_service", "ada"), ("everybodys_service", "ada"))
        for each in form("support:mail_service", ok, SERVICE, target)
    ),
    *(
        verb("support:end_mail_service", ok, {}, target)
        for target, ok in (("ours_old_service", "asha ada"), ("theirs_old_service", "ada"))
    ),
]  # fmt: skip
