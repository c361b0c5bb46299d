import pytest
from tests.journeys.screens.browsing import Visitor, needs_chromium
from tests.journeys.screens.pages import Sight, sent
from tests.journeys.screens.replying import replying
from tests.journeys.screens.test_every_page import _look
from tests.journeys.screens.world import make_world
pytestmark = pytest.mark.django_db(transaction=True)
@needs_chromium
@pytest.mark.parametrize("locale",["en-GB","de-DE"])
def test_mine(cast, browser, address, locale):
    world=make_world(cast,weeks=0); found=[]; vs={}
    for s in replying(world,Sight,sent):
        v=vs.get(s.who.email) or vs.setdefault(s.who.email,Visitor(browser,address,s.who,locale=locale))
        found+=[f"{s.name}: {p}" for p in _look(v,s)]
        v.page.set_viewport_size({"width":1280,"height":900}); v.page.emulate_media(color_scheme="light")
        v.page.screenshot(path=f"/tmp/qm-rep/s-{locale[:2]}-{s.name}.png",full_page=True)
    for v in vs.values(): v.context.close()
    print("\n".join(found)); assert found==[]
