"""Days and times as a cell of a sheet says them."""

from quietmonday.kit.sheets.dates import DMY, MDY, NoDate, order_told_by, stated_in, time_in
from tests.fuzzing.harness import Harness


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert order_told_by(text) in (DMY, MDY, "either", "")
    time_in(text)
    for order in (DMY, MDY, ""):
        try:
            stated = stated_in(text, order)
        except NoDate:
            continue
        assert stated.timed or (stated.at.hour, stated.at.minute) == (0, 0)


HARNESS = Harness(
    check=check,
    seeds=[
        *(b"2026-11-26T10:20:30.5+01:00", b"26.11.2026 um 10.20 Uhr", b"11/26/26, 1:05 pm", b"45982,5"),
        *("Do., 26. März 2026 9:30 h".encode(), b"Thursday, November 26th, 2026 12:00:00 AM", b"2026/2/29", b"24:00"),
    ],
    words=[b"um ", b" pm", b"Uhr", b"+23:59", b"-24:00", b"0000", b"9999", b"12", b":60"],
    longest=200,
)
