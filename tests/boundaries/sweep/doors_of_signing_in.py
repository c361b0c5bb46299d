"""Doors of signing in, of one's passkeys and codes, and of where one is signed in."""

from tests.boundaries.sweep.core import SIGNED_OUT
from tests.boundaries.sweep.rules import EVERYBODY, MEMBERS, NOBODY, form, page, ref, verb, who

WITH_PASSKEY = who("ruth jo")  # and an app, and signed in elsewhere

SIGNING_IN = [
    page("account_login", SIGNED_OUT - {"tess"}, public=True, also=((302, MEMBERS | {"tess"}),)),
    verb("account_login", EVERYBODY, {"login": "ruth@oakhurst.example", "password": "wrong wrong"}, public=True,
         success=(200, 422), also=((302, MEMBERS | {"tess"}),)),
    page("account_request_login_code", SIGNED_OUT - {"tess"}, public=True, also=((302, MEMBERS | {"tess"}),)),
    verb("account_request_login_code", EVERYBODY, {"email": "ruth@oakhurst.example"}, public=True),
    page("account_confirm_login_code", NOBODY, public=True, also=((302, EVERYBODY),)),
    verb("account_confirm_login_code", NOBODY, {"code": "ABCDEF"}, public=True, also=((302, EVERYBODY),)),
    page("account_inactive", EVERYBODY, public=True),
    verb("account_logout", EVERYBODY, {}, public=True),
    page("people:sign_in_once", EVERYBODY, "any", lambda world: {"token": "guessed"}, public=True),
    verb("people:sign_in_once", NOBODY, {}, "guessed", lambda world: {"token": "guessed"}, public=True,
         also=((410, EVERYBODY),)),
    verb("people:sign_in_once", EVERYBODY, {}, "theirs", lambda world: {"token": world["theirs_link"]}, public=True),
    page("people:password", MEMBERS),
    page("people:language", MEMBERS),
    verb("people:language", MEMBERS, {"language": "de"}),
    verb("people:password", MEMBERS, {"new": "four words not alike", "again": "four words not alike"}),
    verb("account_by_passkey", NOBODY, {}, "asks", lambda world: {}, public=True, also=((200, EVERYBODY),)),
    verb("account_by_passkey", NOBODY, {"credential": "{}"}, "guessed", lambda world: {}, public=True,
         also=((422, EVERYBODY),)),
    page("account_second_factor", NOBODY, public=True, also=((302, EVERYBODY),)),
    verb("account_second_factor", NOBODY, {"code": "123456"}, public=True, also=((302, EVERYBODY),)),
    page("people:again", MEMBERS),
    verb("people:again", NOBODY, {"way": "password", "password": "wrong wrong"}, also=((422, MEMBERS),)),
    page("people:ways", MEMBERS),
    page("people:new_passkey", MEMBERS),
    verb("people:new_passkey", NOBODY, {"name": "Phone", "credential": "{}"}, also=((422, MEMBERS),)),
    page("people:code_app", MEMBERS),
    verb("people:code_app", NOBODY, {"code": "123456"}, also=((422, MEMBERS),)),
    verb("people:remove_code_app", WITH_PASSKEY, {}),
    *form("people:recovery_codes", WITH_PASSKEY, {}, also=((302, MEMBERS - WITH_PASSKEY),), success=(200,)),
    verb("people:end_other_sign_ins", WITH_PASSKEY, {}, also=((302, MEMBERS - WITH_PASSKEY),)),
    *(each
      for target, ok in (("ours", "ruth"), ("theirs", "jo"))
      for each in (verb("people:remove_passkey", ok, {}, f"{target}_passkey", ref(f"{target}_passkey")),
                   verb("people:end_sign_in", ok, {}, f"{target}_sign_in", ref(f"{target}_sign_in")))),
]  # fmt: skip
