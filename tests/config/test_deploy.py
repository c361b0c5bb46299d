"""The samples in deploy/ say what the product's own settings say, so that neither drifts from the other."""

import configparser
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from quietmonday.cli import OURS
from quietmonday.config import public, serving, settings, supervisor
from quietmonday.config.listening import hosts
from quietmonday.kit.sheets.reading import MOST_BYTES as MOST_OF_A_SHEET
from quietmonday.support.forms.set_up import MOST_BYTES as MOST_OF_MAILS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CADDY = (DEPLOY / "Caddyfile").read_text()
NGINX = (DEPLOY / "nginx.conf").read_text()
CONTAINER = (DEPLOY / "Containerfile").read_text()
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MB = 1024 * 1024
OF_PROCESSES = {"worker", "scheduler"}


def words_of(text: str) -> str:
    """Return a sample without its comments."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def found(pattern: str, text: str) -> str:
    matches = re.findall(pattern, words_of(text))
    assert len(set(matches)) == 1, (pattern, matches)
    return str(matches[0])


def unit(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd tells capitals apart
    parser.read_string(path.read_text())
    return parser


def environment() -> dict[str, str]:
    lines = words_of((DEPLOY / "environment.example").read_text()).splitlines()
    return dict(line.split("=", 1) for line in lines if line)


@pytest.mark.parametrize(
    ("sample", "pattern"), [(CADDY, r"max_size (\d+)MB"), (NGINX, r"client_max_body_size (\d+)m;")]
)
def test_the_proxy_lets_the_largest_upload_through_and_little_more(sample: str, pattern: str) -> None:
    largest = max(MOST_OF_A_SHEET, MOST_OF_MAILS, settings.MAX_ATTACHMENT_BYTES) // MB
    assert largest < int(found(pattern, sample)) <= largest * 1.1


@pytest.mark.parametrize(
    ("sample", "pattern"), [(CADDY, r"read_timeout (\d+)s"), (NGINX, r"proxy_read_timeout\s+(\d+)s;")]
)
def test_the_proxy_waits_longer_than_a_web_process_may_take(sample: str, pattern: str) -> None:
    assert int(found(pattern, sample)) > serving.timeout


@pytest.mark.parametrize(
    ("sample", "pattern"), [(CADDY, r"reverse_proxy (\S+) "), (NGINX, r"\n    server (127\S+) max_fails")]
)
def test_the_proxy_asks_where_we_listen_by_default(sample: str, pattern: str) -> None:
    assert found(pattern, sample) == "127.0.0.1:8000"
    assert "127.0.0.1" in hosts("", 8000)


def test_the_health_of_a_machine_is_asked_for_under_our_own_host_name() -> None:
    host = urlsplit(environment()["QUIETMONDAY_ADDRESS"]).hostname
    assert found(r"health_uri (\S+)", CADDY) == "/health/"
    assert found(r"Host (\S+)", CADDY) == found(r"server_name (desk\S+);", NGINX) == host


@pytest.mark.parametrize("sample", [CADDY, NGINX])
def test_the_proxy_sets_no_header_that_we_set(sample: str) -> None:
    assert not re.search(r"add_header|Strict-Transport|Content-Security|X-Frame|gzip|encode ", words_of(sample))


def test_nginx_writes_its_own_word_over_every_forwarding_header() -> None:
    said = dict(re.findall(r"proxy_set_header\s+(\S+)\s+(\S+);", NGINX))
    assert said["X-Forwarded-For"] == "$remote_addr"
    assert said["X-Forwarded-Proto"] == "$scheme"
    assert {name for name, value in said.items() if value == '""'} >= {"X-Forwarded-Host", "X-Real-IP", "Forwarded"}


def test_the_example_of_the_environment_is_one_that_serve_takes() -> None:
    given = environment()
    public.refuse_unfit(
        address=given["QUIETMONDAY_ADDRESS"],
        trusted=public.networks_of(given["QUIETMONDAY_TRUST_PROXY"]),
        listens_on=hosts(given.get("QUIETMONDAY_BIND", ""), 8000),
    )


def test_every_setting_of_the_example_exists() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "environment.example").read_text(), re.MULTILINE))
    known = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert {"QUIETMONDAY_ADDRESS", "QUIETMONDAY_TRUST_PROXY", "QUIETMONDAY_BIND"} <= named
    of_a_provider = {name for name in named if name.startswith("QUIETMONDAY_OIDC_CONTOSO_")}
    assert named - of_a_provider <= known
    [row] = [
        line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `QUIETMONDAY_OIDC` |")
    ]
    assert all(name.removeprefix("QUIETMONDAY_OIDC_CONTOSO") in row for name in of_a_provider)


def test_each_unit_runs_a_command_of_ours_as_nobody_special() -> None:
    commands = set()
    for path in UNITS:
        service = unit(path)["Service"]
        program, command = service["ExecStart"].split()
        commands.add(command)
        assert program == "/opt/quietmonday/.venv/bin/quietmonday"
        assert (service["User"], service["Group"]) == ("quietmonday", "quietmonday")
        assert service["EnvironmentFile"] == "/etc/quietmonday/environment"
        assert f"/var/lib/{service['StateDirectory']}" == environment()["QUIETMONDAY_VAR"]
        assert int(service["TimeoutStopSec"]) > max(supervisor.GRACE, serving.graceful_timeout)
    assert commands == {"serve", "web", "worker", "scheduler"}
    assert commands <= {*OURS, *OF_PROCESSES}


def test_all_units_are_shut_in_alike() -> None:
    boxes = {path.read_text().partition("# It needs a port")[2].partition("[Install]")[0] for path in UNITS}
    assert len(boxes) == 1
    [box] = boxes
    for word in ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "CapabilityBoundingSet=\n"):
        assert word in box


def test_the_container_runs_as_nobody_special_where_the_settings_say() -> None:
    assert found(r"\nUSER (\d+)", CONTAINER) != "0"
    assert found(r"QUIETMONDAY_VAR=(\S+)", CONTAINER) == found(r"\nVOLUME (\S+)", CONTAINER)
    assert found(r"\nEXPOSE (\d+)", CONTAINER) == found(r"PORT=(\d+)", CONTAINER) == "8000"
    assert found(r'\nCMD \["(\w+)"\]', CONTAINER) in OURS
    assert found(r'"quietmonday", "(\w+)"', CONTAINER) in OURS
    for sources in re.findall(r"\nCOPY (?!--from)(.+) \S+", words_of(CONTAINER)):
        assert all((ROOT / source).exists() for source in sources.split())


def test_every_base_of_the_container_is_pinned_by_its_date() -> None:
    bases = re.findall(r"^FROM (\S+)", CONTAINER, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.search(r":bookworm-\d{8}-slim$", base) for base in bases)
