"""What `verify` finds, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.journal.logic.checks import registered_sentence
from quietmonday.kit.sentences import Finding

SENTENCES = {
    "journal.changed": gettext_lazy("changed: %(entries)s"),
    "journal.removed": gettext_lazy("removed: %(entries)s"),
    "journal.inserted": gettext_lazy("inserted: %(entries)s"),
    "journal.reordered": gettext_lazy("reordered: %(entries)s; the first of them was entry %(was)s"),
    "journal.relabelled": gettext_lazy("the first entry belongs to a chain of another name"),
    "journal.head_differs": gettext_lazy("the last entry (%(count)s) is not the one that the chain's head names"),
    "journal.payload_changed": gettext_lazy("changed: the text of entry %(seq)s"),
    "journal.payload_missing": gettext_lazy("removed: the text of entry %(seq)s"),
    "journal.erased": gettext_lazy("the text of entry %(seq)s was erased by %(by)s at %(at)s: %(reason)s"),
    "journal.erased_unsaid": gettext_lazy("the text of entry %(seq)s is gone, and no entry says who erased it"),
    "journal.other_business": gettext_lazy("entry %(seq)s belongs to another business: %(business)s"),
    "journal.clock_went_back": gettext_lazy("the clock went back by %(seconds)s seconds before entry %(seq)s"),
    "journal.unreadable": gettext_lazy("an entry after %(after)s cannot be read: %(why)s"),
    "journal.stored_seal_differs": gettext_lazy("the seal of %(week)s in the database does not fit the entries"),
    "journal.mailed_seal_differs": gettext_lazy(
        "the mailed seal of %(week)s does not fit the first %(count)s entries: they were rewritten"
    ),
    "journal.seal_counts_more": gettext_lazy("the seal of %(week)s counts %(count)s entries, %(entries)s are here"),
    "journal.mailed_seal_not_stored": gettext_lazy("the mailed seal of %(week)s is not among the stored seals"),
    "journal.seal_without_chain": gettext_lazy("the seal of %(week)s is of chain %(chain)s, which is not here"),
    "journal.chain_lost": gettext_lazy("entries of chain %(chain)s are here, the chain is not"),
    "records.other_business": gettext_lazy(
        "%(table)s %(row)s of business %(business)s: its %(field)s %(target)s is of business %(target_business)s"
    ),
}


def said(finding: Finding) -> str:
    """Return `finding` as a sentence; one of another area without a sentence here as its rule and parameters."""
    sentence = SENTENCES.get(finding.rule) or registered_sentence(finding.rule)
    if sentence is None:
        return f"{finding.rule} {finding.params}"
    params = dict(finding.params)
    if "first" in params:
        one = params["first"] == params["last"]
        params["entries"] = (_("entry %(first)s") if one else _("entries %(first)s to %(last)s")) % params
    if finding.rule == "journal.erased":
        params["by"] = params["by"] or _("somebody whose name was erased too (%(by_id)s)") % params
        params["reason"] = params["reason"] or _("reason erased")
    return str(sentence) % params
