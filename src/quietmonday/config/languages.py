"""In which language a page is answered."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def chosen(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Speak the language that the signed-in account chose; without a choice LocaleMiddleware's, the browser's, stays.

    Stands below LocaleMiddleware, which sets Content-Language to what was spoken in the end, and frees the thread.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        account: Any = request.user
        if account.is_authenticated and account.language in dict(settings.LANGUAGES):
            translation.activate(account.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware
