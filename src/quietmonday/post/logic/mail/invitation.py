"""What an invitation (text/calendar, RFC 5545) says: what, when, where. The first event only; never raises."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from quietmonday.kit.text import clean_line
from quietmonday.post.logic.mail.charsets import decode

MAX_BYTES = 256 * 1024
MAX_LINES = 5_000
MAX_VALUE = 2_000

# What Exchange calls zones; the largest place of each (CLDR windowsZones).
_WINDOWS = {
    "gmt standard time": "Europe/London", "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris", "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw", "gtb standard time": "Europe/Bucharest",
    "e. europe standard time": "Europe/Chisinau", "fle standard time": "Europe/Kyiv",
    "russian standard time": "Europe/Moscow", "turkey standard time": "Europe/Istanbul",
    "greenwich standard time": "Atlantic/Reykjavik", "israel standard time": "Asia/Jerusalem",
    "south africa standard time": "Africa/Johannesburg", "egypt standard time": "Africa/Cairo",
    "arabian standard time": "Asia/Dubai", "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai", "tokyo standard time": "Asia/Tokyo",
    "korea standard time": "Asia/Seoul", "singapore standard time": "Asia/Singapore",
    "aus eastern standard time": "Australia/Sydney", "new zealand standard time": "Pacific/Auckland",
    "eastern standard time": "America/New_York", "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver", "pacific standard time": "America/Los_Angeles",
    "us mountain standard time": "America/Phoenix", "atlantic standard time": "America/Halifax",
    "e. south america standard time": "America/Sao_Paulo", "argentina standard time": "America/Buenos_Aires",
    "utc": "UTC", "gmt": "UTC", "coordinated universal time": "UTC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invitation:
    """`start` and `end` know their zone, or are local times of a place that `zone` names as the sender did ("" if not);
    whole days are dates, the last one included. `method` is REQUEST, CANCEL, REPLY, PUBLISH … or ""."""

    method: str
    what: str
    where: str
    who: str
    start: datetime | date | None
    end: datetime | date | None
    zone: str
    repeats: bool


def read_invitation(data: bytes, charset: str | None) -> Invitation | None:
    """Return what the first event of a calendar part says, None if there is none in it."""
    text, _ = decode(data[:MAX_BYTES], charset or "utf-8")
    method = ""
    event: dict[str, tuple[dict[str, str], str]] | None = None
    depth: list[str] = []
    for name, parameters, value in _lines(text):
        if name == "begin":
            depth.append(value.lower())
            if value.lower() == "vevent" and event is None:
                event = {}
        elif name == "end" and depth:
            if depth.pop() == "vevent":
                break
        elif name == "method" and depth[-1:] == ["vcalendar"]:
            method = clean_line(value.upper(), 20)
        elif event is not None and depth[-1:] == ["vevent"]:
            event.setdefault(name, (parameters, value))
    return _invitation(method, event) if event else None


_LINE = re.compile(r'([A-Za-z0-9-]{1,60})((?:;[A-Za-z0-9-]{1,60}=(?:"[^"\n]*"|[^";:\n]*)(?:,"[^"\n]*")*)*):(.*)$')
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,60})=("[^"]*"|[^";:]*)')


def _lines(text: str) -> list[tuple[str, dict[str, str], str]]:
    unfolded: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MAX_LINES]:
        if line[:1] in (" ", "\t") and unfolded:
            unfolded[-1] = (unfolded[-1] + line[1:])[:MAX_VALUE]
        else:
            unfolded.append(line[:MAX_VALUE])
    found = []
    for line in unfolded:
        if match := _LINE.match(line):
            parameters = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(match[2])}
            found.append((match[1].lower(), parameters, match[3].strip()))
    return found


def _invitation(method: str, event: dict[str, tuple[dict[str, str], str]]) -> Invitation:
    nothing: tuple[dict[str, str], str] = ({}, "")
    start, zone = _moment(*event.get("dtstart", nothing))
    end, _ = _moment(*event.get("dtend", nothing))
    if end is None and start is not None and (length := _duration(event.get("duration", nothing)[1])) is not None:
        end = start + length
    if isinstance(end, date) and not isinstance(end, datetime):
        end -= timedelta(days=1)  # DTEND of whole days is the first day after
    parameters, organiser = event.get("organizer", nothing)
    address = organiser[7:] if organiser.lower().startswith("mailto:") else organiser
    name = parameters.get("cn", "")
    return Invitation(
        method="CANCEL" if event.get("status", nothing)[1].upper() == "CANCELLED" else method,
        what=_plain(event.get("summary", nothing)[1]),
        where=_plain(event.get("location", nothing)[1]),
        who=clean_line(f"{name} <{address}>" if name and address != name else address or name, 300),
        start=start,
        end=end if _after(end, start) else None,
        zone=zone,
        repeats="rrule" in event or "rdate" in event,
    )


def _plain(value: str) -> str:
    return clean_line(re.sub(r"\\([\\;,nN])", lambda match: " " if match[1] in "nN" else match[1], value), 300)


_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_DATE_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")


def _moment(parameters: dict[str, str], value: str) -> tuple[datetime | date | None, str]:
    """Return the moment, aware where its zone is known, and the zone's name where it is not."""
    match = _DATE_TIME.fullmatch(value.strip())
    if match is None or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:  # far enough from the ends of the calendar
        return None, ""
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return day, ""
        local = datetime(day.year, day.month, day.day, int(match[4]), int(match[5]), min(int(match[6] or 0), 59))  # noqa: DTZ001  # its zone is found below
        if match[7]:
            return local.replace(tzinfo=UTC), ""
        name = parameters.get("tzid", "").strip()
        zone = _zone(name)
        return (local.replace(tzinfo=zone), "") if zone else (local, clean_line(name, 100))
    except ValueError:
        return None, ""


def _zone(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name, of one behind a prefix (/mozilla.org/…/Europe/Berlin) or of Windows."""
    if not name or len(name) > 200:
        return None
    parts = name.strip("/").split("/")
    tried = [name, *("/".join(parts[-count:]) for count in (3, 2, 1)), _WINDOWS.get(name.lower(), "")]
    known = next((one for one in tried if one in _known_zones()), "")
    return ZoneInfo(known) if known else None


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?")


def _duration(value: str) -> timedelta | None:
    match = _DURATION.fullmatch(value.strip().lstrip("+"))
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _after(end: datetime | date | None, start: datetime | date | None) -> bool:
    if end is None or start is None or isinstance(end, datetime) != isinstance(start, datetime):
        return False
    if isinstance(end, datetime) and isinstance(start, datetime) and (end.tzinfo is None) != (start.tzinfo is None):
        return False
    return end >= start
