"""The fields of a mail's head, one by one: words, addresses, ids, dates, parameters, names of files."""

from quietmonday.kit.text import clean_line
from quietmonday.post.logic.addresses import base_address, normalise
from quietmonday.post.logic.mail import limits
from quietmonday.post.logic.mail.fields import read_address, read_addresses, read_date, read_id, read_ids
from quietmonday.post.logic.mail.headers import decode_field, parse_parameters
from quietmonday.post.logic.mail.names import safe_name
from tests.fuzzing.harness import Harness


def check(data: bytes) -> None:
    for declared in (None, "gb2312"):
        _look_at(decode_field(data, declared))
        kind, parameters = parse_parameters(data, declared)
        assert len(kind) <= len(data) + 1
        for value in parameters.values():
            name = safe_name(value, "x")
            assert name and safe_name(name, "x") == name


def _look_at(text: str) -> None:
    found = read_addresses(text)
    assert len(found) <= limits.MAX_ADDRESSES + 1  # one more tells that some were left out
    for one in found:
        assert one.name == clean_line(one.name, limits.MAX_NAME_CHARS)
        assert one.addr == read_address(one.addr) == normalise(one.addr)
        assert base_address(base_address(one.addr)) == base_address(one.addr)
    assert all(each.startswith("<") and each.endswith(">") for each in read_ids(text))
    read_id(text)
    moment = read_date(text)
    assert moment is None or moment.utcoffset() is not None


HARNESS = Harness(
    check=check,
    seeds=[
        b'"Anna, Klein" <anna@client.test>, =?utf-8?Q?J=C3=BCrgen?= (=?gb2312?B?vLw=?=) <j@\xc3\xbc.test>; c@d.test',
        b"undisclosed: <a@b.test> <c@d.test>, e@[127.0.0.1], mailto:f@g.test;",
        b"Sat, 21 Nov 2026 10:20:60 +0100 (CET)",
        b"<1@a.test> <2@b.test>\n\t<3@c.test>",
        b"text/plain; charset*0*=utf-8''%75; charset*1=tf-8; name*1*=%E4; name*0*=x''a; name=\"..\\con.txt\"",
        b"attachment; filename=\xe2\x80\xaegpj.exe; size=99999999999999999999",
        b"=?iso-2022-jp?B?GyRCJCIbKEI=?= =?iso-2022-jp?Q?=1B$B$=22=1B(B?=",
    ],
    words=[b"=?utf-8?B?", b"=?utf-16?Q?", b"?=", b"*0*=", b"''", b"%00", b"<", b">", b"@", b"xn--", b"\x1b$B", b"+r."],
    longest=4_096,
)
