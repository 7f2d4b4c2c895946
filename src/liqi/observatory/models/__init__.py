"""The records of the observatory, one module a noun."""

from liqi.observatory.models.demand import DemandLine
from liqi.observatory.models.firm import Firm
from liqi.observatory.models.kept import Intake, Kept
from liqi.observatory.models.need import Need, NeedWish
from liqi.observatory.models.park import Park, ParkEntry
from liqi.observatory.models.policy import PolicyRule
from liqi.observatory.models.project import Judgement, Move, Project
from liqi.observatory.models.purchase import PurchaseCheck
from liqi.observatory.models.scenario import Scenario, Trial, TrialStep
from liqi.observatory.models.snapshot import Snapshot
from liqi.observatory.models.target import Reading, Target
from liqi.observatory.models.trade import TradeFlow, TradeTable

__all__ = [
    "DemandLine",
    "Firm",
    "Intake",
    "Judgement",
    "Kept",
    "Move",
    "Need",
    "NeedWish",
    "Park",
    "ParkEntry",
    "PolicyRule",
    "Project",
    "PurchaseCheck",
    "Reading",
    "Scenario",
    "Snapshot",
    "Target",
    "TradeFlow",
    "TradeTable",
    "Trial",
    "TrialStep",
]
