"""What a question was understood as: a class of instruments, a place, a lens; the other readings beside it."""

from dataclasses import dataclass

from liqi import taxonomy
from liqi.insight import inquiry
from liqi.insight.inquiry import UnclearQuestion, Where
from liqi.planning import matching

LENSES = ("made_in", "brand", "owner")
HOME = "CN"
SHORTEST = 2
"""Letters of the shortest words that are held against the techniques."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as it is answered; `class_code` empty means every class."""

    text: str
    class_code: str
    place: Where
    lens: str
    words: str = ""
    other_classes: tuple[str, ...] = ()
    """What else the words may mean, best first."""
    other_places: tuple[Where, ...] = ()
    place_named: bool = True
    """False where no place was named and the whole country is counted."""
    sure: bool = True
    """False where the words hardly tell the class: the page asks to choose."""
    through: str = ""
    """The technique by which the class was found, where the words name none."""
    zone: str = ""
    """The region or park that was named, where `place` is one of the divisions that it is made of or lies in."""
    misprint: tuple[str, str] | None = None
    """Words as they were written, and the name of an instrument that was read in their stead."""

    @property
    def prefix(self) -> str:
        """What the code of every class asked about begins with."""
        return taxonomy.class_prefix(self.class_code) if self.class_code else ""

    @property
    def counted(self) -> Where:
        """The place whose records are counted: of a district its town, as records name no district by code."""
        return inquiry.where(self.place.town) if self.place.kind == inquiry.DISTRICT else self.place

    @property
    def children(self) -> tuple[str, ...]:
        """The classes one level below, or the class itself where there is none below it."""
        level = taxonomy.classes()[self.class_code].level if self.class_code else 0
        below = [c for c, one in taxonomy.classes().items() if one.level == level + 1 and c.startswith(self.prefix)]
        return tuple(below) or (self.class_code,)


def understand(text: str, *, class_code: str = "", place: str = "", lens: str = "made_in") -> Asked:
    """The question taken apart; a class or place given beside the words stands before what they say.

    Raises UnclearQuestion where neither a class nor a place can be read from it, or a code is none.
    """
    found = inquiry.read(text)
    if lens not in LENSES:
        raise UnclearQuestion(
            f"found lens {lens!r}; expected one of {', '.join(LENSES)}; choose one of them.", kind="code", found=lens
        )
    if class_code and class_code not in taxonomy.classes():
        raise UnclearQuestion(
            f"found class {class_code!r}; expected a code such as 010200; choose one from the list.",
            kind="code",
            found=class_code,
        )
    if found.not_a_place and not place:
        raise UnclearQuestion(
            f"found place {found.not_a_place!r}, which no country, province, city or district is called; expected one "
            "such as 青岛 or Hefei; correct the name.",
            kind="place",
            found=found.not_a_place,
        )
    where = inquiry.where(place) if place else found.places[0] if found.places else inquiry.where(HOME)
    codes, through = _classes(found)
    if not (class_code or codes or found.everything):
        raise UnclearQuestion(
            f"found {text!r}; expected a kind of instrument and a place, such as 质谱 in 青岛 or mass spectrometry in "
            "Hefei; name an instrument, a technique or a class.",
            kind="subject",
            found=text,
        )
    code = class_code or (codes[0] if codes else "")
    sure = bool(class_code or through) or not found.subjects or found.subjects[0].confidence >= inquiry.SURE
    meant = where.code in {one.code for one in found.places}
    return Asked(
        text=found.text,
        class_code=code,
        place=where,
        lens=lens,
        words=found.words,
        other_classes=tuple(one for one in codes if one != code),
        other_places=tuple(one for one in found.places if one.code != where.code),
        place_named=bool(found.places) or where.code != HOME,
        sure=sure,
        through=through if codes and code == codes[0] else "",
        zone=found.zone if meant else "",
        misprint=found.misprint,
    )


def _classes(found: inquiry.Inquiry) -> tuple[list[str], str]:
    """The classes that the words may mean, and the technique by which they were found.

    The techniques, slow to load, are asked only where words stand that hardly tell a class.
    """
    codes = [one.code for one in found.subjects]
    if found.everything or (found.subjects and found.subjects[0].confidence >= inquiry.SURE):
        return codes, ""
    by_need, technique = _by_need(found.words)
    return (list(dict.fromkeys([*by_need, *codes])), technique) if by_need else (codes, "")


def _by_need(words: str) -> tuple[list[str], str]:
    """The classes whose instruments do what a need in words asks for, and the technique; nothing where it fits none."""
    if len(words) < SHORTEST:
        return [], ""
    found = matching.match(words)
    if not found.good:
        return [], ""
    best = found.found[0].technique
    return list(taxonomy.classes_of(best)), best
