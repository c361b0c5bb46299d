"""`quietmonday report weeks --expected FILE`: a file that does not fit is refused with what to do."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is no list of sites"),
        ('{"weeks": 1}', "is no list of sites"),
        ('{"sites": {"Location 46": {"weeks": []}}}', "holds no site called .*. Name one by --site: 'Location 46'"),
        ('{"sites": {"Oakhurst Joinery": {"weeks": [{}]}}}', "holds no weeks of Oakhurst Joinery: KeyError"),
    ],
)
def test_figures_to_compare_with_that_do_not_fit(cast: Cast, tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "expected.json"
    if text is not None:
        path.write_text(text)
    words = ("--business", "Oakhurst Joinery", "--supplier", "Fennimore IT")
    with pytest.raises(CommandError, match=said):
        call_command("report", "weeks", *words, "--expected", str(path))
