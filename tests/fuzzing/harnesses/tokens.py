"""The signed addresses and ids that bring an answer back: nothing but the real one, from whom it was made for."""

from uuid import UUID

from quietmonday.kit.text import clean_text
from quietmonday.post.logic.addresses import (
    Verified,
    message_id,
    normalise,
    read_references,
    read_reply_address,
    reply_address,
)
from tests.fuzzing.harness import Harness

KEY = bytes(range(32))
TICKET, MESSAGE = UUID(int=0x0199_0000_0000_7000_8000_0000_0000_0001), UUID(int=2)
ANNA = "anna@client.test"
ADDRESS = reply_address("help@fennimore.test", TICKET, ANNA, KEY)
ID = message_id(TICKET, MESSAGE, ANNA, KEY, "host.test")


def check(data: bytes) -> None:
    """The first line is the sender; each further one an address or an id."""
    sender, *others = clean_text(data.decode("utf-8", "replace")).split("\n")
    by_address = read_reply_address(others, sender, KEY)
    if isinstance(by_address, Verified):
        assert _is_anna(sender) and any(_token_of(ADDRESS) in normalise(other) for other in others)
    by_id = read_references(others, sender, KEY)
    if isinstance(by_id, Verified):
        assert _is_anna(sender) and any(_ours(ID) in other.lower() for other in others)


def _ours(message: str) -> str:
    return message.removeprefix("<").partition("@")[0].lower()  # it counts without its angles too


def _is_anna(sender: str) -> bool:
    return normalise(sender) == ANNA


def _token_of(address: str) -> str:
    return address.partition("+")[2].partition("@")[0]


HARNESS = Harness(
    check=check,
    seeds=[
        f"{ANNA}\n{ADDRESS}\n{ID}".encode(),
        f"other@client.test\n{ADDRESS}\n{ID}".encode(),
        f"Anna <{ANNA}>\n{ADDRESS.upper()}\n{ID.upper()}".encode(),
    ],
    words=[ADDRESS.encode(), ID.encode(), b"+r.", b"<qm.", ANNA.encode(), b"\n", b"=", b"@"],
    longest=2_048,
)
