"""Which kinds of support's data a business may let go of after a time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.keeping import Kind
from quietmonday.support.actions import erasing, forgetting
from quietmonday.support.queries import erasing as over

KINDS = (
    Kind(
        name="words",
        title=_("What was said in requests"),
        goes=_("Subjects, messages, notes, files and raw mails of a request, once it has been settled for so long."),
        stays=_("that there was a request, its times, who worked on it, and whether it was quick and effective."),
        due=lambda business, older_than: over.tickets_over(business, older_than).count(),
        let_go=erasing.let_go_of_words,
    ),
    Kind(
        name="files",
        title=_("Files that came with messages"),
        goes=_("Pictures and documents of requests that have been settled for so long."),
        stays=_("the messages they came with, and that there was a file."),
        due=lambda business, older_than: over.attachments_over(business, older_than).count(),
        let_go=erasing.let_go_of_files,
    ),
    Kind(
        name="logs",
        title=_("Logs of calls that were handed in"),
        goes=_("The file itself."),
        stays=_("the requests that came out of it."),
        due=lambda business, older_than: over.imports_over(business, older_than).count(),
        let_go=erasing.let_go_of_logs,
    ),
    Kind(
        name="people",
        title=_("People who left"),
        goes=_("Name, addresses and login of whoever has had no role, no request and no word for so long."),
        stays=_("what they asked and wrote, under “Erased person”."),
        due=lambda business, older_than: over.persons_over(business, older_than).count(),
        let_go=forgetting.let_go_of_persons,
    ),
)
