"""Where the web server listens, and what people are told when it cannot."""

import socket

import pytest

from quietmonday.config.listening import CannotStart, answers, hosts, place, refuse_taken


def test_localhost_is_this_machine_only() -> None:
    assert "127.0.0.1" in hosts("", 8000)
    assert set(hosts("", 8000)) <= {"127.0.0.1", "::1"}


def test_localhost_that_resolves_to_both_is_listened_to_on_both(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET6, 1, 6, "", ("::1", 1, 0, 0)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", 1))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
    assert hosts("", 8000) == ["127.0.0.1", "::1"]


def test_the_hosts_in_the_setting_are_taken_as_they_are() -> None:
    assert hosts("10.0.0.5, [fd00::5]", 8000) == ["10.0.0.5", "fd00::5"]


def test_a_place_is_written_as_in_an_address() -> None:
    assert [place("127.0.0.1", 80), place("::1", 80)] == ["127.0.0.1:80", "[::1]:80"]


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert answers("127.0.0.1", port)
        with pytest.raises(CannotStart) as refusal:
            refuse_taken(["127.0.0.1"], port)
    said = str(refusal.value)
    assert said.startswith(f"Cannot listen on 127.0.0.1:{port} (")
    assert said.endswith("choose another: PORT=8001 bin/run")
    assert "\n" not in said
    refuse_taken(["127.0.0.1"], port)  # free again, at once
    assert not answers("127.0.0.1", port)


def test_a_port_that_does_not_exist_is_refused_in_words() -> None:
    with pytest.raises(CannotStart, match="no such port"):
        refuse_taken(["127.0.0.1"], 65536)
