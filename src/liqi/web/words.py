"""The words that people read for the codes that the database keeps; other pages add theirs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS = {
    # how sure
    "high": pgettext_lazy("how sure", "high"),
    "medium": pgettext_lazy("how sure", "medium"),
    "low": pgettext_lazy("how sure", "low"),
    # instruments and facilities
    "working": _("working"),
    "restricted": _("restricted use"),
    "down": _("out of order"),
    "retired": _("retired"),
    "unknown": _("state not recorded"),
    "planned": _("planned"),
    "building": _("being built"),
    "operating": _("in operation"),
    "closed": _("closed"),
    # institutions
    "education": _("university or school"),
    "facility": _("research institute"),
    "company": _("firm"),
    "government": _("government"),
    "healthcare": _("hospital"),
    "nonprofit": _("non-profit body"),
    "archive": _("archive"),
    "other": _("other"),
    # organisations people act for, and their roles in them
    "research group": _("research group"),
    "firm": _("firm"),
    "platform": _("platform"),
    # kinds of records, and the parts of a record in which a search finds words
    "instrument": _("instrument"),
    "service": _("service"),
    "institution": _("institution"),
    "name": _("name"),
    "label": _("maker and class"),
    "place": _("place"),
    "text": _("description"),
    # by what a word of the record stands for the word that was asked
    "synonym": _("another name for it"),
    "spelling": _("another spelling"),
    "sound": _("by its sound"),
    # how far an order of one's own use is
    "open": pgettext_lazy("order", "open"),
    "done": pgettext_lazy("order", "done"),
    # what a person is to an organisation
    "member": pgettext_lazy("role", "member"),
    "lead": pgettext_lazy("role", "lead"),
    # what a price pays for
    "sample": pgettext_lazy("price for one", "sample"),
    "hour": pgettext_lazy("price for one", "hour"),
    "batch": pgettext_lazy("price for one", "batch"),
    "project": pgettext_lazy("price for one", "project"),
}
STATES = {"working": "good", "operating": "good", "restricted": "warn", "building": "warn", "down": "bad"}
"""The colour of a state; every other state is quiet."""


def word(code: str) -> str:
    """The word for the code in the language of the page; the code itself when it has none."""
    return str(WORDS.get(code, code))
