"""What lies inside a mail: invitations to meetings, texts signed as a whole."""

from quietmonday.post.logic.mail.cms import signed_content
from quietmonday.post.logic.mail.invitation import read_invitation
from tests.fuzzing.harness import Harness


def check(data: bytes) -> None:
    read_invitation(data, None)
    read_invitation(data, "utf-16")
    content = signed_content(data)
    assert content is None or len(content) <= len(data)


HARNESS = Harness(
    check=check,
    seeds=[
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Vis\r\n it\\, at last\r\n"
        b'DTSTART;TZID="W. Europe Standard Time":20261126T100000\r\nDURATION:PT1H30M\r\nLOCATION:Oak\r\n'
        b"ORGANIZER;CN=Finn:mailto:finn@fennimore.test\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261127\nEND:VEVENT",
        bytes.fromhex(
            "308006092a864886f70d010702a0803080020101310030800609"
            "2a864886f70d010701a0802480040b5375626a6563743a20780a000000000000000000000000"
        ),
    ],
    words=[b"DTSTART", b"DTEND", b"TZID=", b"DURATION:P", b"BEGIN:VEVENT", b"\x30\x80", b"\x00\x00", b"\x24\x80"],
    longest=4_096,
)
