"""What `quietmonday serve` refuses, and what it says."""

import ipaddress
from pathlib import Path

import pytest

from quietmonday.config.listening import CannotStart
from quietmonday.config.public import LOOPBACK, networks_of, refuse_unfit
from tests.config.test_cli import quietmonday

ADDRESS = "https://desk.example.com"
HERE = ["127.0.0.1"]


def refused(address: str = ADDRESS, trust: str = "1", listens_on: list[str] = HERE) -> str:
    with pytest.raises(CannotStart) as refusal:
        refuse_unfit(address=address, trusted=networks_of(trust), listens_on=listens_on)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("trust", "listens_on"),
    [
        ("1", ["127.0.0.1", "::1"]),
        ("1", ["::"]),
        ("10.0.0.1", ["10.0.0.5"]),
        ("10.0.0.0/24, fd00::1", ["127.0.0.1"]),
    ],
)
def test_settings_that_fit_are_taken(trust: str, listens_on: list[str]) -> None:
    refuse_unfit(address=ADDRESS, trusted=networks_of(trust), listens_on=listens_on)


def test_each_setting_that_does_not_fit_is_named_with_what_to_do() -> None:
    assert "QUIETMONDAY_ADDRESS is missing" in refused(address="")
    assert "write https://desk.example.com" in refused(address="http://desk.example.com")
    assert "names no host" in refused(address="desk.example.com")
    assert "a host name of its own" in refused(address="https://example.com/desk")
    assert "QUIETMONDAY_TRUST_PROXY is missing" in refused(trust="")
    assert "name the proxy's address" in refused(trust="1", listens_on=["10.0.0.5"])


def test_all_that_does_not_fit_is_told_at_once() -> None:
    assert refused(address="", trust="").count("\n- ") == 2


def test_whom_we_believe_is_read_from_one_setting() -> None:
    assert networks_of("") == networks_of("0") == ()
    assert networks_of("1") == LOOPBACK
    assert networks_of(" 10.0.0.7/24 ,::1") == (ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("::1/128"))
    with pytest.raises(ValueError, match="QUIETMONDAY_TRUST_PROXY must be 1"):
        networks_of("the proxy")


def test_the_command_says_it_in_words_and_starts_nothing(tmp_path: Path) -> None:
    done = quietmonday(tmp_path, "serve", QUIETMONDAY_ADDRESS="http://desk.example.com")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Not started, because settings do not fit")
    assert done.stderr.count("\n- ") == 2
    assert not (tmp_path / "quietmonday.sqlite3").exists()


def test_a_proxy_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    done = quietmonday(tmp_path, "check", QUIETMONDAY_TRUST_PROXY="caddy")
    assert done.returncode == 2
    assert done.stderr.startswith("quietmonday: a setting in the environment is wrong: QUIETMONDAY_TRUST_PROXY must be")
