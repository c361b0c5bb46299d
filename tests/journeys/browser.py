"""A browser without JavaScript: pages, forms, cookies, over real HTTP."""

import http.client
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import lxml.html

REFUSED = 422  # a form that comes back with its errors


class NoAnswer(Exception):
    """The server went away before it answered."""


class Browser:
    """One person's. Cookies hold whatever the port, so that two servers of one installation are one place."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    refused = False  # whether the last form came back with its errors

    def get(self, url: str) -> Any:
        """Return the page at `url`, redirects followed; an answer of 400 or more raises."""
        return self._page(urllib.request.Request(url))  # noqa: S310 - our own server

    def fill(self, page: Any, action: str, **values: str) -> tuple[str, bytes]:
        """Return where the form of `page` whose action ends with `action` goes, and what it sends with `values`.

        "" is the form that has no action: it goes to its own page.
        """
        posted = [form for form in page.forms if form.method == "POST"]
        forms = [form for form in posted if action and (form.get("action") or "").endswith(action)]
        forms += [form for form in posted if not action and not form.get("action")]
        assert forms, f"no form for {action!r} on {page.base_url}"
        sent = {**dict(forms[0].form_values()), **values}
        return urllib.parse.urljoin(page.base_url, forms[0].action or ""), urllib.parse.urlencode(sent).encode()

    def send(self, form: tuple[str, bytes], *, port: int | None = None) -> Any:
        """Send a filled form, to the server at another port if given; return the page it leads to."""
        url, data = form
        if port is not None:
            parts = urllib.parse.urlsplit(url)
            url = parts._replace(netloc=f"{parts.hostname}:{port}").geturl()
        return self._page(urllib.request.Request(url, data))  # noqa: S310 - our own server

    def _page(self, request: urllib.request.Request) -> Any:
        try:
            with self._opener.open(request, timeout=60) as answer:
                body, url = answer.read(), answer.url
            self.refused = False
        except urllib.error.HTTPError as error:
            assert error.code == REFUSED, f"{request.full_url}: {error.code}"
            body, url = error.read(), error.url
            self.refused = True
        except (http.client.HTTPException, urllib.error.URLError, ConnectionError) as error:
            raise NoAnswer(str(error)) from error
        return lxml.html.document_fromstring(body, base_url=url)
