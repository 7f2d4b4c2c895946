"""Rules as DIMACS CNF, with names in its comments (`c 3 NAME`)."""

from collections import Counter

from liqi.planning.configuration._model import Clause, Model, Rule, UnusableModel


def read(text: str, name: str) -> Model:
    """The model; raises UnusableModel where the text is none."""
    names: dict[int, str] = {}
    declared, numbers = 0, []
    for at, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if words[0] == "%":  # the end, in the files of some collections; what follows is a lone 0
            break
        if words[0] == "c":
            if len(words) > 2 and words[1].isdecimal():
                names[int(words[1])] = " ".join(words[2:])
            continue
        try:
            if words[0] == "p":
                declared = int(words[2])
            else:
                numbers += [int(word) for word in words]
        except (ValueError, IndexError):
            raise UnusableModel(
                f"{name}, line {at}: found {line[:40]!r}; expected clauses of whole numbers that end in 0; correct it."
            ) from None
    if not 0 < declared <= 100_000 or any(abs(each) > declared for each in numbers) or (numbers and numbers[-1] != 0):
        raise UnusableModel(
            f"{name}: found {declared} variables declared and clauses that go beyond or do not end in 0; expected a "
            "line `p cnf VARIABLES CLAUSES` that holds; correct the file."
        )
    features = tuple(names.get(each, str(each)) for each in range(1, declared + 1))
    if twice := [each for each, times in Counter(features).items() if times > 1]:
        raise UnusableModel(
            f"{name}: found {twice[0]!r} as the name of two variables; expected names of their own; rename one."
        )
    rules, clause = [], []
    for each in numbers:
        if each:
            clause.append(each)
        else:
            rules.append(Rule(_words(tuple(clause), features), (tuple(dict.fromkeys(clause)),)))
            clause = []
    return Model(name, features, tuple(rules))


def _words(clause: Clause, features: tuple[str, ...]) -> str:
    return " or ".join(("" if each > 0 else "not ") + features[abs(each) - 1] for each in clause) or "never"
