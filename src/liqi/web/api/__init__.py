"""The JSON interface: one module a resource, OpenAPI 3.1 at /api/docs, errors as RFC 9457."""

from ninja import Swagger

from liqi import __version__
from liqi.web.api import (
    _once,
    _problems,
    _sent,
    agents,
    billing,
    boards,
    booking_plans,
    booking_scope,
    bookings,
    budgets,
    care,
    chores,
    control_charts,
    courses,
    curation,
    customs,
    evaluation,
    evaluation_rows,
    evaluation_tables,
    facilities,
    files,
    hours,
    inbox,
    incidents,
    institutions,
    instruments,
    invoices,
    journal,
    kiosk,
    maintenance,
    match,
    me,
    metering,
    meters,
    notices,
    order_contents,
    order_desk,
    orders,
    organisations,
    outages,
    prices,
    purchase,
    quizzes,
    releases,
    rules,
    run_exports,
    runs,
    samples,
    saved_searches,
    search,
    service,
    sessions,
    signatures,
    stock,
    storage,
    training,
    training_desk,
    voucher_uses,
    vouchers,
    waiting,
    waiting_desk,
    webhooks,
)
from liqi.web.api._document import Interface
from liqi.web.api._problems import ProblemMiddleware

__all__ = ["ProblemMiddleware", "api"]

DOCS = Swagger(settings={"validatorUrl": None})
"""The page of the interface asks nobody outside to validate it."""

api = Interface(title="Liqi", version=__version__, urls_namespace="api", docs=DOCS)
api.add_router("/agents", agents.router)
api.add_router("/boards", boards.router)
api.add_router("/bookings", booking_plans.router)
api.add_router("/bookings", booking_scope.router)
api.add_router("/bookings", bookings.router)
api.add_router("/evaluation", evaluation.router)
api.add_router("/evaluation", evaluation_rows.router)
api.add_router("/evaluation", evaluation_tables.router)
api.add_router("/evaluation", purchase.router)
api.add_router("/care", care.router)
api.add_router("/care", incidents.router)
api.add_router("/care", stock.router)
api.add_router("/care", control_charts.router)
api.add_router("/care", chores.router)
api.add_router("/care", maintenance.router)
api.add_router("/curation", curation.router)
api.add_router("/facilities", facilities.router)
api.add_router("/files", files.router)
api.add_router("/inbox", inbox.router)
api.add_router("/institutions", institutions.router)
api.add_router("/instruments", instruments.router)
api.add_router("/journal", journal.router)
api.add_router("/kiosk", kiosk.router)
api.add_router("/match", match.router)
api.add_router("/me", me.router)
api.add_router("/metering", hours.router)
api.add_router("/metering", metering.router)
api.add_router("/metering", meters.router)
api.add_router("/money", invoices.router)
api.add_router("/money", billing.router)
api.add_router("/money", prices.router)
api.add_router("/money", budgets.router)
api.add_router("/money", vouchers.router)
api.add_router("/money", voucher_uses.router)
api.add_router("/money", customs.router)
api.add_router("/notices", notices.router)
api.add_router("/organisations", organisations.router)
api.add_router("/outages", outages.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("/rules", rules.router)
api.add_router("/runs", runs.router)
api.add_router("/runs", signatures.router)
api.add_router("/runs", releases.router)
api.add_router("/runs", run_exports.router)
api.add_router("/search/saved", saved_searches.router)
api.add_router("/search", search.router)
api.add_router("/sessions", sessions.router)
api.add_router("/training", training.router)
api.add_router("/training", quizzes.router)
api.add_router("/training/desk", training_desk.router)
api.add_router("/training/desk", courses.router)
api.add_router("/waiting", waiting.router)
api.add_router("/waiting", waiting_desk.router)
api.add_router("/orders", order_desk.router)
api.add_router("/orders", orders.router)
api.add_router("/orders", order_contents.router)
api.add_router("/samples", storage.router)
api.add_router("/samples", samples.router)
api.add_router("/services", service.router)
api.add_decorator(_once.called, mode="operation")
api.add_decorator(_sent.known, mode="view")
api.add_decorator(_problems.within, mode="view")
api.add_decorator(_once.answered, mode="view")
_problems.register(api)
