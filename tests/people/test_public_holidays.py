"""Public holidays by country."""

import datetime as dt

import pytest

from quietmonday.people.logic.public_holidays import public_holidays


def test_england_has_its_boxing_day_moved_in_2026() -> None:
    days = public_holidays("GB", "ENG", [2026])
    assert dt.date(2026, 12, 28) in days
    assert days[dt.date(2026, 12, 25)] == "Christmas Day"
    assert list(days) == sorted(days)


def test_a_part_of_a_country_has_its_own_days() -> None:
    epiphany = dt.date(2026, 1, 6)
    assert epiphany in public_holidays("de", "by", [2026])
    assert epiphany not in public_holidays("DE", "HH", [2026])
    assert epiphany not in public_holidays("DE", None, [2026])


def test_several_years_come_together() -> None:
    assert {day.year for day in public_holidays("FR", "", range(2025, 2028))} == {2025, 2026, 2027}


@pytest.mark.parametrize(("country", "part"), [("XX", None), ("", None), ("England", None), ("GB", "TEXAS")])
def test_an_unknown_country_or_part_is_named(country: str, part: str | None) -> None:
    with pytest.raises(ValueError, match="no public holidays are known"):
        public_holidays(country, part, [2026])
