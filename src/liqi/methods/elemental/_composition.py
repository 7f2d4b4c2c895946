"""Mass fractions by formula, and the organic standards that elemental analysers are calibrated with."""

from functools import lru_cache

from liqi.methods._errors import BadParameter

ELEMENTS = ("C", "H", "N", "S", "O")
STANDARDS = {
    "acetanilide": "C8H9NO", "乙酰苯胺": "C8H9NO", "sulfanilamide": "C6H8N2O2S", "sulphanilamide": "C6H8N2O2S",
    "磺胺": "C6H8N2O2S", "sulfanilic acid": "C6H7NO3S", "bbot": "C26H26N2O2S", "cystine": "C6H12N2O4S2",
    "l-cystine": "C6H12N2O4S2", "胱氨酸": "C6H12N2O4S2", "cysteine": "C3H7NO2S", "methionine": "C5H11NO2S",
    "l-methionine": "C5H11NO2S", "蛋氨酸": "C5H11NO2S", "benzoic acid": "C7H6O2", "苯甲酸": "C7H6O2",
    "phenylalanine": "C9H11NO2", "l-phenylalanine": "C9H11NO2", "aspartic acid": "C4H7NO4", "atropine": "C17H23NO3",
    "atropina": "C17H23NO3", "nicotinamide": "C6H6N2O", "caffeine": "C8H10N4O2", "urea": "CH4N2O", "尿素": "CH4N2O",
    "edta": "C10H16N2O8", "glycine": "C2H5NO2", "glutamic acid": "C5H9NO4", "imidazole": "C3H4N2",
    "cyclohexanone-2,4-dinitrophenylhydrazone": "C12H14N4O4", "phenanthrene": "C14H10", "sucrose": "C12H22O11",
    "stearic acid": "C18H36O2", "thiourea": "CH4N2S", "hippuric acid": "C9H9NO3",
}  # fmt: skip


@lru_cache(maxsize=512)
def mass_percent(formula: str) -> dict[str, float]:
    """Return the mass fraction of each element in percent (standard atomic weights, as molmass has them).

    >>> {k: round(v, 2) for k, v in mass_percent("C9H8O4").items()}
    {'C': 60.0, 'H': 4.48, 'O': 35.52}
    """
    from molmass import Formula, FormulaError

    try:
        made = Formula(formula).composition()
        return {symbol: 100 * made[symbol].fraction for symbol in made}
    except (FormulaError, KeyError, ValueError, TypeError):
        raise BadParameter("formula", formula, "a formula such as C9H8O4") from None


def formula_of(name: str) -> str | None:
    """Return the formula of a standard by its name, None for a name that is not known.

    >>> formula_of("Acetanilide 2"), formula_of("nothing")
    ('C8H9NO', None)
    """
    words = " ".join(name.lower().replace("_", " ").split())
    if words in STANDARDS:
        return STANDARDS[words]
    return next(
        (formula for key, formula in STANDARDS.items() if words.startswith(key) and len(words) - len(key) < 6), None
    )
