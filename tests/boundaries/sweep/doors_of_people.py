"""The doors of people: who is who, what was agreed, who runs the installation."""

from __future__ import annotations

from tests.boundaries.sweep.rules import NOBODY, form, page, person, ref, role, verb, who

BEGINNINGS = {
    "business_name": "New Firm", "owner_name": "Olga", "owner_email": "olga@new.example", "supplier_name": "New IT",
    "agreement": "managed", "zone": "Europe/London", "country": "GB", "beginner_is": "", "language": "en-gb",
}  # fmt: skip

LEVELS = {
    f"{part}_{priority}": f"{hours} h"
    for priority in (1, 2, 3, 4)
    for part, hours in (("response", 1), ("restore", 5), ("update", 2))
}

PEOPLE = [
    page("people:set_up", "ada"),
    page("demo:firm", "ada"),
    verb("demo:firm", NOBODY, {}, also=((302, who("ada")),)),  # it is asked for already: nothing is written
    verb("demo:remove", "ada", {}),
    verb("demo:look", NOBODY, {"part": "owner"}),  # nobody made up is here, and none of these is
    verb("demo:back", NOBODY, {}),
    *form("people:begin", "ada", BEGINNINGS),
    page("people:people", "ruth maria sam asha ines hal jo lee ada rita theo"),
    page("people:add_person", "ruth maria asha ines hal jo ada"),
    verb("people:add_person", "ruth maria asha ines hal jo", {"name": "Pat New", "email": "pat@new.example"},
         also=((200, who("ada")),)),  # who answers for many firms is asked which one
    *(
        each
        for target, ok in (("ours_business", "ruth maria ada"), ("theirs_business", "jo ada"),
                           ("ours_supplier", "asha ada"), ("theirs_supplier", "ada"))
        for each in form("people:add_person", ok, {"name": "Pat New", "email": "pat@new.example"}, target,
                         lambda world: {}, query=lambda world, t=target: f"?at={world[t].pk}")
    ),
    *(
        page("people:person", ok, name, person(name))
        for name, ok in {
            "ruth": "ruth maria sam asha ines ada rita theo", "dele": "ruth maria dele ada rita",
            "sam": "sam asha ada theo", "asha": "ruth maria sam asha ada rita theo",
            "ines": "ruth maria ines ada rita", "rita": "ruth maria ada rita", "theo": "sam asha ada theo",
            "jo": "jo lee ada", "kim": "jo kim ada",
            "lee": "jo lee ada", "hal": "hal ada", "finn": "sam asha ada theo", "ada": "sam asha ada theo",
        }.items()
    ),
    *(
        each
        for name, ok in {"dele": "ruth maria ada", "ruth": "ruth ada", "sam": "asha ada", "kim": "jo ada",
                         "lee": "ada", "ada": "asha ada"}.items()
        for each in (
            *form("people:change_person", ok, {"name": "Other Name"}, name, person(name)),
            verb("people:add_address", ok, {"email": "another@name.example"}, name, person(name)),
        )
    ),
    *(
        verb("people:remove_address", ok, {}, target,
             lambda world, t=target: {"ref": world[f"{t}_quiet"].pk, "address_ref": world[f"{t}_address"].pk})
        for target, ok in (("ours", "ruth maria ada"), ("theirs", "jo ada"))
    ),
    verb("people:remove_address", "", {}, "of another person",
         lambda world: {"ref": world["dele"].person.pk, "address_ref": world["ours_address"].pk}),
    *(
        verb("people:address_works", ok, {}, target,
             lambda world, t=target: {"ref": world[f"{t}_quiet"].pk, "address_ref": world[f"{t}_address"].pk})
        for target, ok in (("ours", "ruth maria ada"), ("theirs", "jo ada"))
    ),
    *(
        verb("people:grant_role", ok, {"role": "staff"}, target, ref(target))
        for target, ok in (("ours_quiet", "ruth maria ada"), ("theirs_quiet", "jo ada"))
    ),
    *(
        each
        for name, ok in {"dele": "ruth maria ada", "maria": "ruth ada", "ruth": "ada", "sam": "asha ada",
                         "kim": "jo ada", "lee": "ada", "finn": ""}.items()
        for each in form("people:end_role", ok, {}, name, role(name))
    ),
    *(
        page("people:person", "", target, ref(target), also=((302, who(seen)),))  # on to whom they were merged into
        for target, seen in (("ours_merged", "ruth maria ada rita"), ("theirs_merged", "jo ada"))
    ),
    *(
        each
        for target, other, ok in (("ours_quiet", "ours_double", "ruth"), ("theirs_quiet", "theirs_double", "jo"))
        for each in (
            page("people:merge", ok, target),
            page("people:merge", ok, f"{target} and {other}", ref(target),
                 query=lambda world, o=other: f"?other={world[o].pk}"),
            verb("people:merge", ok, lambda world, o=other: {"other": world[o].pk}, target),
        )
    ),
    *(page("people:merge", ok, name, person(name)) for name, ok in {"ruth": "ruth", "dele": "ruth", "sam": "asha",
                                                                     "kim": "jo", "lee": "", "hal": "hal"}.items()),
    verb("people:merge", "asha", lambda world: {"other": world["finn"].person.pk}, "sam", person("sam")),
    *(verb("people:merge", "", lambda world, o=other: {"other": world[o].pk}, f"ours_quiet and {other}",
           ref("ours_quiet"), also=((422, who("ruth")),)) for other in ("theirs_quiet", "ours_merged")),
    *(verb("people:unmerge", ok, {}, target) for target, ok in (("ours_merge", "ruth"), ("theirs_merge", "jo"))),
    *(
        verb("people:invite", ok, {}, target)
        for target, ok in (("ours_invited", "ruth maria ada"), ("theirs_invited", "jo ada"))
    ),
    *(
        page("people:agreement", ok, target)
        for target, ok in (("ours_business", "ruth maria asha ines ada rita"), ("theirs_business", "jo ada"))
    ),
    *(
        each
        for target, ok in (("ours_engagement", "ruth maria asha ada"), ("line_engagement", "ruth maria ines ada"),
                           ("theirs_engagement", "jo ada"), ("past_engagement", ""))
        for each in (
            *form("people:relationship", ok, {}, target),
            *form("people:terms", ok, {"agreement": "managed"}, target),
            *form("people:levels", ok, LEVELS, target),
            *form("people:hours", ok, {"zone": "Europe/London", "day_0": "08:00-16:00"}, target),
        )
    ),
    *(
        each
        for target, ok in (("ours_business", "ruth maria ada"), ("theirs_business", "jo ada"))
        for each in form("people:language_of_mails", ok, {"language": "de"}, target)
    ),
    *(
        page("people:past", ok, target)
        for target, ok in (("ours_business", "ruth maria"), ("theirs_business", "jo"))
    ),
    *(
        verb("people:past", ok, lambda world, r=reader: {"engagement": world["past_engagement"].pk,
             "reader": world[r].pk}, f"{target} {reader}", ref(target), also=also)
        for target, reader, ok, also in (
            ("ours_business", "ours_supplier", "ruth maria", ()),
            ("ours_business", "theirs_supplier", "", ((422, who("ruth maria")),)),
            ("theirs_business", "theirs_supplier", "", ((422, who("jo")),)))
    ),
    *(
        each
        for target, ok in (("ours_business", "ruth"), ("theirs_business", "jo"))
        for each in (
            page("people:keeping", ok, target),
            verb("people:keeping", ok, {"kind": "files", "months": "120"}, target),
        )
    ),
    *(
        verb("people:subject_data", ok, {}, name, person(name), success=(200,))
        for name, ok in {"dele": "ruth dele", "ruth": "ruth", "sam": "sam asha", "kim": "jo kim", "lee": "lee",
                         "finn": "asha", "hal": "hal", "rita": "ruth rita", "theo": "asha theo"}.items()
    ),
    *(
        each
        for target, ok in (("ours_quiet", "ruth"), ("theirs_quiet", "jo"))
        for each in form("people:erase_person", ok, {}, target, ref(target))
    ),
    *(page("people:erase_person", ok, name, person(name)) for name, ok in {"dele": "ruth", "ruth": "", "sam": "",
                                                                            "kim": "jo"}.items()),
    *(verb("people:end_history", ok, {}, target)
      for target, ok in (("own_grant", "ruth maria"), ("new_grant", "ruth maria"), ("theirs_grant", "jo"))),
    page("people:installation", "ada"),
    *form("people:add_business", "ada", {"name": "Added Firm", "zone": "Europe/London", "language": "de"}),
    *form("people:add_supplier", "ada", {"name": "Added IT", "zone": "Europe/London"}),
    *form("people:engage", "ada", lambda world: {"business": world["ours_business"].pk, "agreement": "managed",
                                                  "supplier": world["theirs_supplier"].pk}),
    *(each for target in ("ours_business", "theirs_supplier")
      for each in form("people:rename_firm", "ada", {"name": "Renamed"}, target)),
    *(each for target, ok in (("ours_engagement", "ada"), ("theirs_engagement", "ada"), ("past_engagement", ""))
      for each in form("people:end_engagement", ok, {}, target)),
]  # fmt: skip
