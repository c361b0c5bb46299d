"""Files that came with a form, stored before the verb that they belong to begins: no I/O inside its transaction."""

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from quietmonday.kit.mail_files import RawMail, chunks_of, raw_mails
from quietmonday.kit.text import clean_line
from quietmonday.people.models import Business, Engagement
from quietmonday.post.actions.files import store_file
from quietmonday.post.models import File
from quietmonday.support.actions.importing import keep_mail_files


@dataclasses.dataclass(slots=True)
class HandedIn:
    """What became of mail files: `new` mails to look at, those some here `before`, (name, problem) of others."""

    new: int = 0
    before: int = 0
    unreadable: list[tuple[str, str]] = dataclasses.field(default_factory=list)


def store_uploads(
    *, business: Business, uploads: Iterable[UploadedFile[Any]], now: dt.datetime
) -> list[tuple[str, File]]:
    """Store the files; return (name, file) of each. Raises FileTooLarge."""
    return [
        (clean_line(upload.name or "", 200) or "file", store_file(business=business, data=upload.read(), now=now))
        for upload in uploads
    ]


def keep_uploaded_mails(*, engagement: Engagement, uploads: Iterable[UploadedFile[Any]], now: dt.datetime) -> HandedIn:
    """Keep every mail of the files raw, chunk by chunk; a worker looks at them after. All carry `now`.

    The same mails handed in again are found again: nothing comes twice.
    """
    result = HandedIn()
    for chunk in chunks_of(mail for upload in uploads for mail in _mails(upload)):
        readable = [mail for mail in chunk if mail.raw is not None]
        result.unreadable += [(mail.name, mail.problem or "") for mail in chunk if mail.raw is None]
        _items, new = keep_mail_files(engagement=engagement, mails=readable, now=now)
        result.new += new
        result.before += len(readable) - new
    return result


def _mails(upload: UploadedFile[Any]) -> Iterator[RawMail]:
    """The mails of one uploaded file, under the name it came with: the path on our disk is nobody's business."""
    given = clean_line(upload.name or "", 200) or "file"
    with tempfile.TemporaryDirectory(prefix="quietmonday-") as folder:
        path = Path(folder) / "mail"
        with path.open("wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
        for mail in raw_mails(path):
            yield RawMail(given + mail.name.removeprefix("mail"), mail.raw, mail.problem)
