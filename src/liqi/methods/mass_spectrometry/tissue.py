"""What tissue a profile is of: probabilities with intervals from a model that knows what it does not know."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._profiles import Profiles, joined, read_profiles
from liqi.methods.mass_spectrometry._tissue_model import TissueModel, train_tissue_model
from liqi.methods.mass_spectrometry._tissue_wording import Call, answer_of

LEAST_PROBABILITY = 0.8
DATA = Path(__file__).with_name("data") / "tissue"
EXAMPLE_MODEL = DATA / "synthetic_model.json"

__all__ = ["Profiles", "TissueModel", "classify_tissue", "joined", "read_profiles", "train_tissue_model"]


def classify_tissue(
    profile: str | Path | Sequence[str | Path] | Profiles,
    model: TissueModel | str | Path,
    least_probability: float = LEAST_PROBABILITY,
) -> Answer:
    """Return the class of each profile with calibrated probabilities, or "cannot tell". Research use only.

    A profile unlike the training data, or whose best class has less than `least_probability`, is not named.
    Raises UnreadableFile and BadParameter.
    """
    if not 0.5 <= least_probability < 1:
        raise BadParameter("least_probability", least_probability, "a probability from 0.5 to below 1")
    chosen = model if isinstance(model, TissueModel) else TissueModel.load(model)
    if isinstance(profile, str | Path):
        profile = [profile]
    profiles = profile if isinstance(profile, Profiles) else joined([read_profiles(Path(one)) for one in profile])
    return answer_of(calls_of(profiles, chosen, least_probability), profiles, chosen, least_probability)


def calls_of(profiles: Profiles, model: TissueModel, least: float) -> list[Call]:
    """Return what is said of each profile."""
    features = model.features(profiles)
    own, members = model.probabilities(features)
    low, high = np.percentile(members, [2.5, 97.5], axis=0)
    low, high = np.minimum(low, own), np.maximum(high, own)
    spread = members.std(axis=0, ddof=1)
    strange = model.domain.strangeness(features)
    wanted = model.card.get("polarity")
    other = bool(wanted and profiles.polarity and wanted != profiles.polarity)
    calls = []
    for i, sample in enumerate(profiles.samples):
        reason = "polarity" if other else "outside" if strange[i] > 1 else "unsure" if own[i].max() < least else ""
        label = None if reason else int(own[i].argmax())
        numbers = own[i], low[i], high[i], spread[i], float(strange[i])
        calls.append(Call(sample, profiles.classes[i], label, reason, *numbers))
    return calls


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    model = TissueModel.load(parameters["model"] or EXAMPLE_MODEL)
    parts = []
    for place, path in enumerate(paths):
        progress(place, len(paths), "reading")
        if path.suffix.lower() != ".ibd" or len(paths) == 1:  # an image's data is read with its imzML
            parts.append(read_profiles(path))
    progress(len(paths), len(paths), "reading")
    return classify_tissue(joined(parts), model, parameters["least_probability"])


METHOD = Method(
    id="ms.tissue",
    version="0.1",
    title=Text("Classify tissue by its profile", "按谱图轮廓判别组织类型", "以圖譜輪廓判別組織類型"),
    technique="ambientms",
    accepts=("mzml", "mzxml", "imzml", "peaks", "table"),
    function=_run,
    many_files=True,
    parameters=(
        Parameter("model", "file", None, Text("tissue model", "组织判别模型", "組織判別模型"), formats=("json",)),
        Parameter(
            "least_probability",
            "number",
            LEAST_PROBABILITY,
            Text("least probability that names a class", "判定类别所需最低概率", "判定類別所需最低機率"),
            unit="1",
            minimum=0.5,
            maximum=0.999,
        ),
    ),
    example=(DATA / "synthetic_profiles.csv",),
    data=(EXAMPLE_MODEL,),
    expected=Expected("partly classified", {"synthetic_2": (1.0, 0.05), "synthetic_1": (0.86, 0.1)}),
    research_use_only=True,
)
