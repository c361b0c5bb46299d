"""Doors of mailboxes, of the services that give them tokens, and of how their mail is sorted."""

from __future__ import annotations

from tests.boundaries.sweep.rules import MEMBERS, NOBODY, form, page, ref, verb, who

KEEPERS = who("asha ines hal ada")  # managers of suppliers, and who runs the installation
OTHERS = MEMBERS - KEEPERS

MAILBOX = {"host": "imap.example", "security": "tls", "port": "993", "user": "u", "password": "p", "way": "imap",
           "sign_in": "password", "folders": "INBOX", "begins": "now", "after": "leave"}  # fmt: skip
RULE = {"plus_tag": "printers", "action": "place", "save": "1"}
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
    page("support:routing", KEEPERS, refused=OTHERS),
    *(
        each
        for target, ok in (("ours", "asha ada"), ("theirs", "ada"))
        for each in (
            page("support:add_rule", ok, target, lambda world: {}, refused=OTHERS,
                 query=lambda world, t=target: f"?for={world[f'{t}_supplier'].pk}"),
            verb("support:add_rule", ok,
                 lambda world, t=target: {**RULE, "engagement": world[f"{t}_engagement"].pk}, target,
                 lambda world: {}, refused=OTHERS,
                 query=lambda world, t=target: f"?for={world[f'{t}_supplier'].pk}"),
            *form("support:rule", ok, lambda world, t=target: {**RULE, "engagement": world[f"{t}_engagement"].pk},
                  f"{target}_rule"),
            verb("support:move_rule", ok, {"to": "later"}, f"{target}_first_rule"),
            verb("support:end_rule", ok, {}, f"{target}_rule"),
        )
    ),
    page("support:add_rule", "ada", "everybody", lambda world: {}, query=lambda world: "?for=everybody",
         refused=OTHERS),
    *form("support:rule", "ada", lambda world: {**RULE, "action": "aside"}, "everybodys_rule"),
    *(
        page("support:mail_part", ok, target, lambda world, t=target: {"ref": world[t].pk, "number": 1})
        for target, ok in {"ours_doubted": "sam asha ada", "theirs_doubted": "lee ada"}.items()
    ),
    *(
        verb("support:leave_aside", ok, {}, target, refused=who("ada"))
        for target, ok in {"ours_doubted": "sam asha", "theirs_doubted": "lee"}.items()
    ),
    page("support:kept", "sam asha ada", "ours_doubted", query=lambda world: f"?for={world['ours_business'].pk}"),
    page("support:kept", "ada", "everybodys_pool", query=lambda world: f"?for={world['ours_engagement'].pk}"),
    verb("support:new_sender", "ada", lambda world: {"business": world["ours_engagement"].pk, "name": "Pat New"},
         "everybodys_pool"),
    verb("support:silence_sender", "ada", {}, "everybodys_pool"),
    verb("support:hear_sender", "ada", {}, "everybodys_silenced"),
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
