"""The search over everything that somebody may see."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.forms.searching import SearchForm
from quietmonday.support.logic.search_query import ANYWHERE, LONGEST, MOST_PARTS, Question
from quietmonday.support.queries.search_index import MOST_LOOKED_AT
from quietmonday.support.queries.searching import MOST_COUNTED, Narrowed, find, numbered


@require_GET
@signed_in
def search(request: ViewerRequest) -> HttpResponse:
    """Show what was found; the number of one request leads there at once."""
    viewer = request.viewer
    places = sorted(
        ((ref, viewer.place_names[ref]) for ref in viewer.businesses()), key=lambda each: each[1].casefold()
    )
    form = SearchForm(request.GET, clients=places, auto_id="search_%s")
    question, narrowed = form.asked()
    typed, narrowing, after = form.cleaned_data.get("q", ""), form.narrowing(), request.GET.get("after", "")
    numbers = numbered(viewer, question.number) if question.number is not None and not narrowing and not after else []
    if len(numbers) == 1:
        return redirect("support:ticket", ref=numbers[0][0].id)
    found = find(viewer, question, narrowed, after=after)
    along = {"q": typed, **narrowing}
    context = {
        "form": form,
        "typed": typed,
        "question": question,
        "asked": question.asks_something or narrowed != Narrowed(),
        "plain": _is_plain(question) and not narrowing,
        "narrowing": narrowing,
        "numbers": numbers,
        "found": found,
        "hits": [hit for hit in found.hits if hit.ticket not in {each for each, _subject in numbers}],
        "later": bool(after),
        "several": len(places) > 1,
        "zones": viewer.zones,
        "older": f"?{urlencode(along | {'after': found.after})}" if found.after else "",
        "newest": f"?{urlencode(along)}" if after else "",
        "own_only": not viewer.sees.businesses and not viewer.sees.suppliers,
        "limits": {"counted": MOST_COUNTED, "letters": LONGEST, "parts": MOST_PARTS, "looked_at": MOST_LOOKED_AT},
        "now": request.moment,
    }
    return render(request, "support/search.html", context)


def _is_plain(question: Question) -> bool:
    """Whether words alone were typed: only then does a request "mention" them."""
    return not (question.without or question.clients or question.since or question.until) and all(
        part.where == ANYWHERE for part in question.parts
    )
