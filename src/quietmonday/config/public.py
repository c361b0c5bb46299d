"""What must hold before strangers can reach us through a proxy: plain Python, no Django."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from quietmonday.config.listening import CannotStart

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # compared, not listened on


def networks_of(setting: str) -> tuple[Network, ...]:
    """Return whose forwarding headers QUIETMONDAY_TRUST_PROXY believes: none if empty, `1` a proxy on this machine.

    Otherwise addresses and networks, comma between. Raises ValueError in words.
    """
    if setting.strip() in ("", "0"):
        return ()
    if setting.strip() == "1":
        return LOOPBACK
    return _networks(setting, "QUIETMONDAY_TRUST_PROXY must be 1 (a proxy on this machine) or its addresses")


def networks_inside(setting: str) -> tuple[Network, ...]:
    """Return which networks inside the house QUIETMONDAY_INSIDE lets us ask: none if empty. Raises ValueError."""
    return _networks(setting, "QUIETMONDAY_INSIDE must be addresses or networks inside your house")


def _networks(setting: str, words: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each.strip(), strict=False) for each in setting.split(",") if each.strip())
    except ValueError as error:
        raise ValueError(f"{words}, comma between ({error})") from None


def refuse_unfit(*, address: str, trusted: Sequence[Network], listens_on: Sequence[str]) -> None:
    """Raise CannotStart, with every reason and what to do, unless these settings fit a machine behind a proxy.

    `address`: QUIETMONDAY_ADDRESS as it was set, "" if it was not. `listens_on`: hosts.
    """
    reasons = [*_of_address(address), *_of_trust(trusted, listens_on)]
    if reasons:
        raise CannotStart(
            "Not started, because settings do not fit a machine that others reach through a proxy:\n"
            + "\n".join(f"- {reason}" for reason in reasons)
            + "\nOn this machine alone, `quietmonday run` needs none of this. docs/running.md says more."
        )


def _of_address(address: str) -> list[str]:
    if not address:
        return ["QUIETMONDAY_ADDRESS is missing: the address that people type, like https://desk.example.com."]
    parts = urlsplit(address)
    if not parts.hostname:
        return [f"QUIETMONDAY_ADDRESS is {address!r}, which names no host. Write it like https://desk.example.com."]
    reasons = []
    if parts.scheme != "https":
        reasons.append(
            f"QUIETMONDAY_ADDRESS is {address}, not https: passwords and sign-in links would travel readable for "
            f"anybody on the way. Let the proxy have a certificate and write https://{parts.hostname}."
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        reasons.append(f"QUIETMONDAY_ADDRESS is {address}: it needs a host name of its own, without a path behind it.")
    return reasons


def _of_trust(trusted: Sequence[Network], listens_on: Sequence[str]) -> list[str]:
    if not trusted:
        return [
            "QUIETMONDAY_TRUST_PROXY is missing: everybody would seem to come from the proxy, and one person who types "
            "wrong passwords would keep all others waiting. 1 if the proxy is on this machine, else its address."
        ]
    if not any(_meets(host, network) for host in listens_on for network in trusted):
        return [
            f"QUIETMONDAY_TRUST_PROXY believes a proxy on this machine only, and QUIETMONDAY_BIND listens on "
            f"{', '.join(listens_on)}, where no such proxy connects: name the proxy's address."
        ]
    return []


def _meets(host: str, network: Network) -> bool:
    """Whether a proxy in `network` can come in at `host`; of a proxy elsewhere we cannot know, so we believe it."""
    if network not in LOOPBACK or host in (*_EVERYWHERE, "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
