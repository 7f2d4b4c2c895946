"""A tissue model: trained on profiles of known patients, kept with its card as JSON, read back and applied."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from liqi.arguments import explained
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Progress, unwatched
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._profiles import BINS, HIGH_MZ, LOW_MZ, WIDTH_DA, Profiles
from liqi.methods.mass_spectrometry._softmax import Ints, Softmax, fit_softmax, softmax
from liqi.methods.mass_spectrometry._tissue_domain import Domain, domain_of, held_out_distances
from liqi.methods.mass_spectrometry._tissue_validation import (
    FOLDS,
    Scaler,
    chosen_strength,
    out_of_fold,
    report,
    scaler_of,
)

FORMAT = "liqi tissue model 1"
LEAST_PATIENTS = 5
MEMBERS = 25
_USED_BY = 3
_DIGITS = 5
_MOST_BYTES = 256 * 1024 * 1024
_DO = "train it again with `liqi tissue train`"


@dataclass(frozen=True, slots=True)
class TissueModel:
    """Classes, the bins used, the fit and its bootstrap members, the domain, and the card that says how good it is."""

    classes: Sequence[str]
    used: Ints
    scaler: Scaler
    fit: Softmax
    members: Sequence[Softmax]
    temperature: float
    domain: Domain
    card: Mapping[str, Any]

    def features(self, profiles: Profiles) -> Floats:
        """Return the standardised features of profiles."""
        return self.scaler.features(profiles.shares[:, self.used])

    def probabilities(self, features: Floats) -> tuple[Floats, Floats]:
        """Return calibrated probabilities (n, classes) and those of each bootstrap member (members, n, classes)."""
        own = softmax(self.fit.logits(features) / self.temperature)
        return own, np.array([softmax(one.logits(features) / self.temperature) for one in self.members])

    @explained
    def save(self, path: str | Path) -> None:
        """Write the model as JSON."""
        told = {
            "format": FORMAT,
            "bins": {"low_mz": LOW_MZ, "high_mz": HIGH_MZ, "width_da": WIDTH_DA},
            "classes": list(self.classes),
            "used": self.used.tolist(),
            "mean": _short(self.scaler.mean),
            "scale": _short(self.scaler.scale),
            "fit": _told(self.fit),
            "members": [_told(one) for one in self.members],
            "temperature": round(self.temperature, 6),
            "domain": self.domain.as_json(),
            "card": dict(self.card),
        }
        Path(path).write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    @explained
    def load(cls, path: str | Path) -> "TissueModel":
        """Return the model of a file; raises UnreadableFile for anything else."""
        path = Path(path)
        expected = "a tissue model as `liqi tissue train` writes it"
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError("more than 256 MiB")
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["format"] != FORMAT:
                raise ValueError(f"the format {told['format']!r}")
            return _model(told)
        except OSError as problem:
            raise UnreadableFile(path, problem.strerror or "no file", expected, _DO) from None
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
            reason = str(problem)[:80] or type(problem).__name__
            raise UnreadableFile(path, f"no such model ({reason})", expected, _DO) from None


def train_tissue_model(
    profiles: Profiles,
    *,
    name: str,
    now: datetime,
    synthetic: bool = False,
    notes: str = "",
    seed: int = 1,
    progress: Progress = unwatched,
) -> TissueModel:
    """Return a model of profiles with patient and class, validated on patients that were held out.

    Every choice (penalty, scaling) is made without the held-out patients; a patient may have rows of two classes.
    Raises BadParameter for fewer than two classes, and for a class of fewer than five patients.
    """
    names, label, groups = _checked(profiles)
    rng = np.random.default_rng(seed)
    used = _used(profiles.shares, groups)
    shares = profiles.shares[:, used]
    progress(0, 3, "cross-validating")
    logits = out_of_fold(shares, label, groups, len(names), rng)
    told = report(logits, label, groups, names, rng)
    progress(1, 3, "training")
    scaler = scaler_of(shares)
    features = scaler.features(shares)
    strength = chosen_strength(features, label, groups, len(names), rng)
    fit = fit_softmax(features, label, len(names), strength)
    members = _members(features, label, groups, len(names), strength, rng)
    progress(2, 3, "training")
    domain = domain_of(features, held_out_distances(features, groups, label, rng))
    card = {
        "name": name,
        "trained_at": now.isoformat(timespec="seconds"),
        "synthetic": synthetic,
        "notes": notes,
        "use": "research use only; never for a decision about a patient",
        "input": f"profiles m/z {LOW_MZ:g}-{HIGH_MZ:g} in bins of {WIDTH_DA:g} Da, shares of the total ion current",
        "polarity": profiles.polarity,
        "model": "multinomial logistic regression, elastic net, square roots of shares",
        "penalty": round(strength, 6),
        "seed": seed,
        "spectra": len(profiles),
        "patients": int(np.unique(groups).size),
        "of_class": {one: _counts(label == i, groups) for i, one in enumerate(names)},
        "validation": f"{FOLDS}-fold cross-validation, whole patients held out; intervals by bootstrap of patients",
        **{key: value for key, value in told.items() if key != "temperature"},
    }
    progress(3, 3, "training")
    return TissueModel(names, used, scaler, fit, members, float(told["temperature"]), domain, card)


def _checked(profiles: Profiles) -> tuple[list[str], Ints, Ints]:
    """Return the classes by name, the class of each row and the number of its patient."""
    if not len(profiles) or not all(profiles.classes) or not all(profiles.patients):
        raise BadParameter("profiles", "rows without patient or class", "both in every row")
    names = sorted(set(profiles.classes))
    if len(names) < 2:
        raise BadParameter("profiles", f"the one class {names[0]!r}", "at least two classes")
    label = np.array([names.index(one) for one in profiles.classes])
    people = sorted(set(profiles.patients))
    groups = np.array([people.index(one) for one in profiles.patients])
    for i, one in enumerate(names):
        number = np.unique(groups[label == i]).size
        if number < LEAST_PATIENTS:
            found = f"{number} patients of class {one!r}"
            raise BadParameter("profiles", found, f"at least {LEAST_PATIENTS} patients a class")
    return names, label, groups


def _used(shares: Floats, groups: Ints) -> Ints:
    """Return the bins that at least three patients have; the others say who, not what."""
    seen = np.array([np.unique(groups[shares[:, i] > 0]).size >= _USED_BY for i in range(BINS)])
    return np.flatnonzero(seen)


def _members(
    features: Floats, label: Ints, groups: Ints, classes: int, strength: float, rng: np.random.Generator
) -> list[Softmax]:
    """Return fits to bootstraps of patients, class by class, so that none goes missing."""
    made = []
    for _ in range(MEMBERS):
        counts = np.zeros(label.size)
        for one in range(classes):
            own = np.unique(groups[label == one])
            times = np.bincount(np.searchsorted(own, rng.choice(own, own.size)), minlength=own.size)
            rows = label == one
            counts[rows] = times[np.searchsorted(own, groups[rows])]
        taken = counts > 0
        made.append(fit_softmax(features[taken], label[taken], classes, strength, counts[taken]))
    return made


def _counts(rows: np.ndarray, groups: Ints) -> dict[str, int]:
    return {"spectra": int(rows.sum()), "patients": int(np.unique(groups[rows]).size)}


def _short(numbers: Floats) -> list[Any]:
    return [float(f"{number:.{_DIGITS}g}") for number in numbers.tolist()]


def _told(fit: Softmax) -> dict[str, Any]:
    """Return a fit as JSON: of each class the bins whose weight is not zero, with the weight."""
    columns = []
    for column in fit.weights.T:
        places = np.flatnonzero(column)
        columns.append({"bins": places.tolist(), "weights": _short(column[places])})
    return {"intercepts": _short(fit.intercepts), "weights": columns}


def _fit(told: Mapping[str, Any], features: int, classes: int) -> Softmax:
    weights = np.zeros((features, classes))
    intercepts = np.asarray(told["intercepts"], np.float64)
    if intercepts.shape != (classes,) or len(told["weights"]) != classes:
        raise ValueError("weights of another number of classes")
    for i, column in enumerate(told["weights"]):
        weights[np.asarray(column["bins"], np.int64), i] = np.asarray(column["weights"], np.float64)
    if not (np.isfinite(weights).all() and np.isfinite(intercepts).all()):
        raise ValueError("weights that are no numbers")
    return Softmax(weights, intercepts)


def _model(told: Mapping[str, Any]) -> TissueModel:
    bins = told["bins"]
    if (bins["low_mz"], bins["high_mz"], bins["width_da"]) != (LOW_MZ, HIGH_MZ, WIDTH_DA):
        raise ValueError("other bins")
    used = np.asarray(told["used"], np.int64)
    mean, scale = (np.asarray(told[key], np.float64) for key in ("mean", "scale"))
    classes = [str(one) for one in told["classes"]]
    if used.ndim != 1 or mean.shape != used.shape or scale.shape != used.shape or not (scale > 0).all():
        raise ValueError("bins, means and scales of different number")
    if used.size and not (used.min() >= 0 and used.max() < BINS):
        raise ValueError("bins out of range")
    size = int(used.size), len(classes)
    members = [_fit(one, *size) for one in told["members"]]
    if len(classes) < 2 or not members or not told["temperature"] > 0:
        raise ValueError("too few classes or members")
    domain = Domain.from_json(told["domain"], int(used.size))
    card = dict(told["card"])
    parts = used, Scaler(mean, scale), _fit(told["fit"], *size), members, float(told["temperature"]), domain, card
    return TissueModel(classes, *parts)
