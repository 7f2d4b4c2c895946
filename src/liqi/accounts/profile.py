"""What a person says of themselves: name, language, time zone."""

from django.utils.translation import gettext

from liqi.accounts.models import LANGUAGES, Person
from liqi.taxonomy import time_zones


class UnknownChoice(ValueError):
    """A language or time zone that does not exist was asked for."""


def speak(person: Person, *, language: str) -> None:
    """Every page speaks this language to the person; blank follows the browser."""
    if language and language not in dict(LANGUAGES):
        raise UnknownChoice(
            gettext("found language %(language)r; expected one of %(known)s.")
            % {"language": language, "known": [code for code, _ in LANGUAGES]}
        )
    person.language = language
    person.save(update_fields=["language"])


def change(person: Person, *, name: str, language: str, time_zone: str) -> None:
    """The person is called so, reads this language and counts time in this zone."""
    if time_zone not in time_zones():
        raise UnknownChoice(
            gettext("found time zone %(time_zone)r; expected a name such as Asia/Shanghai.") % {"time_zone": time_zone}
        )
    if language and language not in dict(LANGUAGES):
        raise UnknownChoice(
            gettext("found language %(language)r; expected one of %(known)s.")
            % {"language": language, "known": [code for code, _ in LANGUAGES]}
        )
    person.name, person.language, person.time_zone = name.strip(), language, time_zone
    person.save(update_fields=["name", "language", "time_zone"])
