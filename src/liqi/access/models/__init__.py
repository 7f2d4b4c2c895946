"""What access remembers, one module a noun."""

from liqi.access.models.agent import Agent, AgentQuerySet
from liqi.access.models.booking import HOLDING, Booking, BookingQuerySet
from liqi.access.models.charge import Budget, Charge, Hold, Quote
from liqi.access.models.chore import Chore, ChoreComment, ChoreItem, ChoreQuerySet
from liqi.access.models.commission import Commission, CommissionStep, Feedback
from liqi.access.models.control_chart import ControlChart, ControlChartQuerySet, ControlPoint
from liqi.access.models.course import Course, Level, Question, QuizAttempt
from liqi.access.models.customs import CustomsEvent, CustomsTerms
from liqi.access.models.evaluation import (
    EvaluationEdition,
    GivenFigure,
    GivenFigureQuerySet,
    TallyBook,
    UseChange,
    UseTally,
)
from liqi.access.models.fitting import FittedState, Fitting, FittingNeed
from liqi.access.models.incident import Incident, IncidentPicture, IncidentQuerySet
from liqi.access.models.invoice import BillingProfile, Invoice, Payment, PaymentMatch, Refund
from liqi.access.models.kept_answer import KeptAnswer
from liqi.access.models.kiosk import Kiosk, KioskPass
from liqi.access.models.ledger import Account, ClosedMonth, Counter, LedgerEntry, LedgerLine
from liqi.access.models.log_on import LogOn
from liqi.access.models.maintenance import MaintenancePlan, MaintenanceRecord, ServiceContract
from liqi.access.models.meter import Meter, MeteredStretch, MeteredStretchQuerySet, Reading
from liqi.access.models.metered import Confirmation, Correction, MeteringTerms, Settlement
from liqi.access.models.order import Order, OrderQuerySet
from liqi.access.models.outage import MaintenanceWindow, Outage, OutageQuerySet, StruckBooking
from liqi.access.models.price import PriceRow, PriceTable, PriceTableQuerySet
from liqi.access.models.qualification import PracticalCheck, Qualification, QualificationQuerySet
from liqi.access.models.result import Result
from liqi.access.models.rule_setting import RuleSetting
from liqi.access.models.safety_document import Acceptance, SafetyDocument, SafetyDocumentVersion
from liqi.access.models.sample import Custody, Sample, SampleQuerySet, StoragePlace
from liqi.access.models.series import Series
from liqi.access.models.service_form import GroupTerms, ServiceForm, ServiceTerms
from liqi.access.models.session import Session, SessionQuerySet
from liqi.access.models.steward import Steward
from liqi.access.models.stock import StockItem, StockLot, StockMovement
from liqi.access.models.swap import Swap, SwapQuerySet
from liqi.access.models.terms import BookingTerms
from liqi.access.models.training_session import Enrolment, TrainingSession
from liqi.access.models.voucher import (
    Voucher,
    VoucherAllowance,
    VoucherBatch,
    VoucherEvidence,
    VoucherProgramme,
    VoucherUse,
)
from liqi.access.models.waiting import NoShow, Offer, WaitingTerms, Wish, WishQuerySet
from liqi.access.models.webhook import Delivery, Reminded, Webhook

__all__ = [
    "HOLDING",
    "Acceptance",
    "Account",
    "Agent",
    "AgentQuerySet",
    "BillingProfile",
    "Booking",
    "BookingQuerySet",
    "BookingTerms",
    "Budget",
    "Charge",
    "Chore",
    "ChoreComment",
    "ChoreItem",
    "ChoreQuerySet",
    "ClosedMonth",
    "Commission",
    "CommissionStep",
    "Confirmation",
    "ControlChart",
    "ControlChartQuerySet",
    "ControlPoint",
    "Correction",
    "Counter",
    "Course",
    "Custody",
    "CustomsEvent",
    "CustomsTerms",
    "Delivery",
    "Enrolment",
    "EvaluationEdition",
    "Feedback",
    "FittedState",
    "Fitting",
    "FittingNeed",
    "GivenFigure",
    "GivenFigureQuerySet",
    "GroupTerms",
    "Hold",
    "Incident",
    "IncidentPicture",
    "IncidentQuerySet",
    "Invoice",
    "KeptAnswer",
    "Kiosk",
    "KioskPass",
    "LedgerEntry",
    "LedgerLine",
    "Level",
    "LogOn",
    "MaintenancePlan",
    "MaintenanceRecord",
    "MaintenanceWindow",
    "Meter",
    "MeteredStretch",
    "MeteredStretchQuerySet",
    "MeteringTerms",
    "NoShow",
    "Offer",
    "Order",
    "OrderQuerySet",
    "Outage",
    "OutageQuerySet",
    "Payment",
    "PaymentMatch",
    "PracticalCheck",
    "PriceRow",
    "PriceTable",
    "PriceTableQuerySet",
    "Qualification",
    "QualificationQuerySet",
    "Question",
    "QuizAttempt",
    "Quote",
    "Reading",
    "Refund",
    "Reminded",
    "Result",
    "RuleSetting",
    "SafetyDocument",
    "SafetyDocumentVersion",
    "Sample",
    "SampleQuerySet",
    "Series",
    "ServiceContract",
    "ServiceForm",
    "ServiceTerms",
    "Session",
    "SessionQuerySet",
    "Settlement",
    "Steward",
    "StockItem",
    "StockLot",
    "StockMovement",
    "StoragePlace",
    "StruckBooking",
    "Swap",
    "SwapQuerySet",
    "TallyBook",
    "TrainingSession",
    "UseChange",
    "UseTally",
    "Voucher",
    "VoucherAllowance",
    "VoucherBatch",
    "VoucherEvidence",
    "VoucherProgramme",
    "VoucherUse",
    "WaitingTerms",
    "Webhook",
    "Wish",
    "WishQuerySet",
]
