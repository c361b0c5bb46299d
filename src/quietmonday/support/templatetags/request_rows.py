"""The rows of the list of requests. Drawn without templates, as those of the queue are: they were half of the page.

Every text of a person goes through `escape`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quietmonday.kit.moments import InWords, machine_time
from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.support.logic.said import Speaker
from quietmonday.support.queries.requests import Line
from quietmonday.support.templatetags.row_words import move_words
from quietmonday.support.templatetags.support_words import judged_by

register = template.Library()

_NO_ONE = str(uuid.UUID(int=0))


@register.simple_tag
def request_rows(rows: Iterable[Line], several: bool, now: dt.datetime) -> SafeString:
    """Return the rows of the list; `several`: it is of more than one business, so each row names its own."""
    says, speakers = InWords(now), dict[str, Speaker]()
    url, number = reverse("support:ticket", args=[_NO_ONE]), escape(_("request %(n)s"))
    quickly, for_good = (f'<div><span class="lab">{escape(word)}</span>' for word in (_("Quick?"), _("For good?")))
    drawn: list[str] = []
    for row in rows:
        ref = str(row.id)
        day = (
            f'<time datetime="{machine_time(row.opened_at, row.zone)[:10]}">{escape(says.day(row.opened_at, row.zone))}'
        )
        names = [name for name in (row.client if several else "", row.requester or "") if name]
        about = " · ".join(
            [
                *map(escape, names),
                number % {"n": row.number},
                escape(move_words(row.state, row.move, row.requester or row.client)),
            ]
        )
        drawn.append(
            f'<li data-row="{ref}">{day}</time><div><h3><a href="{url.replace(_NO_ONE, ref)}">{escape(row.subject)}</a>'
            f'</h3><p class="why">{about}</p></div>'
        )
        verdicts = row.verdicts(now)
        if verdicts is None:
            drawn.append("<div></div><div></div></li>")
            continue
        speaker = speakers.get(row.zone)
        if speaker is None:
            speaker = speakers[row.zone] = Speaker(translate, translate_plural, row.zone, now)
        quick, effective = (judged_by(speaker, each) for each in verdicts)
        drawn.append(f"{quickly}{quick}</div>{for_good}{effective}</div></li>")
    return SafeString("".join(drawn))
