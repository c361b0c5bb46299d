"""The cast is what its docstring says."""

from quietmonday.kit.clock import now
from quietmonday.people.access import viewer_of
from tests.cast import Cast


def test_the_cast_sees_its_own_places_and_the_former_member_none(cast: Cast) -> None:
    moment = now()
    homes = {
        name: viewer_of(getattr(cast, name).account, moment).home
        for name in ("ruth", "maria", "dele", "bill", "asha", "sam", "finn", "ines", "jo", "kim", "lee", "ada")
    }
    assert homes == {
        "ruth": "business",
        "maria": "business",
        "dele": "staff",
        "bill": "staff",
        "asha": "supplier",
        "sam": "supplier",
        "finn": "nothing",
        "ines": "supplier",
        "jo": "business",
        "kim": "staff",
        "lee": "supplier",
        "ada": "administrator",
    }
