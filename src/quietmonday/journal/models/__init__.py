"""Tables of this area."""

from quietmonday.journal.models.append_only import AppendOnly as AppendOnly
from quietmonday.journal.models.append_only import AppendOnlyQuerySet as AppendOnlyQuerySet
from quietmonday.journal.models.chains import Chain as Chain
from quietmonday.journal.models.chains import ChainKind as ChainKind
from quietmonday.journal.models.chains import Seal as Seal
from quietmonday.journal.models.entries import Entry as Entry
from quietmonday.journal.models.entries import Payload as Payload
