"""A list as a download: CSV streamed as its rows are read, XLSX written row by row into a temporary file first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase

from quietmonday.kit.sheets.writing import Value, csv_pieces, xlsx_file

CSV, XLSX = "csv", "xlsx"
_TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def exported(
    form: str, *, name: str, header: Sequence[str], rows: Callable[[], Iterable[Sequence[Value]]], on: dt.date
) -> HttpResponseBase:
    """Return the rows as a download called after `name` and the day. `form`: csv or xlsx; Http404 for any other.

    Rows are taken as they are sent, so a list of any length needs the memory of a few hundred rows.
    """
    if form not in _TYPES:
        raise Http404
    file_name = f"{re.sub(r'[^a-z0-9]+', '-', name.casefold()).strip('-') or 'list'}-{on.isoformat()}.{form}"
    if form == CSV:
        response: HttpResponseBase = StreamingHttpResponse(csv_pieces(header, rows()), content_type=_TYPES[form])
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    else:
        file = xlsx_file(name, header, rows())
        response = FileResponse(file, as_attachment=True, filename=file_name, content_type=_TYPES[form])
    response["X-Content-Type-Options"] = "nosniff"
    return response
