"""Why a job stopped, without a word that a person wrote."""

import dataclasses
import smtplib
import traceback

from quietmonday.kit.topics import JobFailed

WORKER_LOST = "WorkerLost: the process ended while at it"


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """`reason` is the class and what is safe to store of the rest; `for_good`: trying again cannot help."""

    reason: str
    for_good: bool = False


def failure_of(exception: Exception) -> Failure:
    """Return what may be stored of `exception`.

    Messages of exceptions quote addresses, names and rows, so only those are kept that cannot: what our own jobs
    declare (JobFailed), the codes of mail servers, the words of the operating system. Of the rest: its line.
    """
    name = type(exception).__name__
    if isinstance(exception, JobFailed):
        return Failure(reason=f"{name}: {exception}"[:300], for_good=exception.for_good)
    codes = _smtp_codes(exception)
    if codes:
        # 5xx: "no", 4xx: "not now" (RFC 5321, 4.2.1). A refused password or sender is for us to mend, then it can work.
        refused = isinstance(exception, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
        for_good = refused and all(500 <= code < 600 for code in codes)
        return Failure(reason=f"{name}: {', '.join(map(str, codes))}", for_good=for_good)
    if isinstance(exception, OSError) and exception.strerror:
        return Failure(reason=f"{name}: {exception.strerror}"[:300])
    return Failure(reason=f"{name} at {_line(exception)}"[:300])


def _smtp_codes(exception: Exception) -> list[int]:
    if isinstance(exception, smtplib.SMTPRecipientsRefused):
        return sorted({code for code, _ in exception.recipients.values()})
    if isinstance(exception, smtplib.SMTPResponseException):
        return [int(exception.smtp_code)]
    return []


def _line(exception: Exception) -> str:
    """Return file and line of the innermost frame of ours, or of the innermost frame."""
    frames = traceback.extract_tb(exception.__traceback__)
    ours = [frame for frame in frames if "/quietmonday/" in frame.filename]
    if not frames:
        return "an unknown line"
    frame = (ours or list(frames))[-1]
    return f"{frame.filename.rpartition('/quietmonday/')[2]}:{frame.lineno}"
