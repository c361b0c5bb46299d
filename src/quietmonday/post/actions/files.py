"""Files are stored once, by their content, apart for each business."""

import datetime as dt
import hashlib
import os
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction

from quietmonday.kit.images import sniff
from quietmonday.people.models import Business
from quietmonday.post.models import File


class FileTooLarge(ValueError):
    """A file beyond the limit of one attachment."""


ERASED_MEANWHILE = "a file was erased while it was stored: send it again"


class FileErased(RuntimeError):
    """The bytes were erased, for an earlier message, while a new one was about to hold them. Trying again helps."""


def store_file(*, business: Business, data: bytes, now: dt.datetime) -> File:
    """Store `data` for the business and return its row; the same bytes give the same row. Raises FileTooLarge.

    The bytes reach the disk before the row is written: a row without its file cannot be, a file without a row is
    harmless and meets its row at the next try.
    """
    if len(data) > settings.MAX_ATTACHMENT_BYTES:
        megabytes = settings.MAX_ATTACHMENT_BYTES // (1024 * 1024)
        raise FileTooLarge(f"a file may have up to {megabytes} MB")
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(business, digest)

    def write() -> None:
        write_once(path, data)

    return _stored(business, digest, size=len(data), head=data, now=now, write=write)


def store_chunks(*, business: Business, chunks: Iterable[bytes], most: int, now: dt.datetime) -> File:
    """Do what `store_file` does for a file too large to hold in memory: at most `most` bytes.

    Raises FileTooLarge, FileErased.
    """
    folder = Path(settings.FILES_DIR) / str(business.id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{secrets.token_hex(8)}"
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with draft.open("xb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise FileTooLarge(f"a file may have up to {most // (1024 * 1024)} MB")
                digest.update(chunk)
                head = head or chunk[:4096]
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        path = path_of(business, digest.hexdigest())

        def write() -> None:
            if not draft.exists():  # it went to its place, and an erasure took it from there
                raise FileErased(ERASED_MEANWHILE)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.chmod(0o400)
            draft.rename(path)

        return _stored(business, digest.hexdigest(), size=size, head=head, now=now, write=write)
    finally:
        draft.unlink(missing_ok=True)


def hold_files(files: Sequence[File]) -> None:
    """Make sure, in the transaction that wrote rows pointing at them, that no erasure took these files meanwhile.

    One that comes later waits for this transaction's end, and finds the rows. Raises FileErased.
    """
    if files and File.objects.filter(pk__in=[file.pk for file in files], erased_at__isnull=False).exists():
        raise FileErased(ERASED_MEANWHILE)


def _stored(
    business: Business, sha256: str, *, size: int, head: bytes, now: dt.datetime, write: Callable[[], None]
) -> File:
    """Return the row of these bytes, after `write` put them on the disk unless they lie there."""
    path = path_of(business, sha256)
    if not path.exists():
        write()
    with transaction.atomic():
        file, _ = File.objects.get_or_create(
            business=business,
            sha256=sha256,
            defaults={"size": size, "media_type": sniff(head), "stored_at": now},
        )
        file = File.objects.select_for_update().get(pk=file.pk)  # an erasure is through, or has not begun
        if file.erased_at is not None:
            file.erased_at = None
            file.save(update_fields=["erased_at"])
        if not path.exists():
            write()
    return file


def read_file(file: File) -> bytes:
    """Return the bytes of a stored file. Raises FileNotFoundError when they are gone from the disk."""
    return path_of(file.business, file.sha256).read_bytes()


def path_of(business: Business, sha256: str) -> Path:
    """Return where the bytes lie: a random-looking name without ending, below a folder no web server serves."""
    return place_of(business.id, sha256)


def place_of(business_id: uuid.UUID, sha256: str) -> Path:
    """Return the same place, for a business known by its id."""
    return Path(settings.FILES_DIR) / str(business_id) / sha256[:2] / sha256


def write_once(path: Path, data: bytes) -> None:
    """Put `data` at `path`: whole and on the disk, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    with draft.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o400)
    draft.rename(path)
