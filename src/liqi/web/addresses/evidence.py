"""Addresses of evidence: evaluation, observatory, policies."""

from django.urls import URLPattern, path

from liqi.web.pages import (
    chain,
    choke_points,
    evaluation,
    evaluation_instruments,
    evaluation_purchase,
    evaluation_rows,
    evaluation_tables,
    observatory,
    purchases,
    question,
    rules,
    vendors,
)

ADDRESSES: list[URLPattern] = [
    path("evaluation/", evaluation.index, name="evaluation"),
    path("evaluation/units/<str:key>/", evaluation.unit, name="evaluation_unit"),
    path("evaluation/units/<str:key>/give/", evaluation.give, name="evaluation_give"),
    path("evaluation/given/<int:pk>/undo/", evaluation.undo, name="evaluation_undo"),
    path("evaluation/instruments/", evaluation_instruments.index, name="evaluation_instruments"),
    path("evaluation/instruments/<str:key>/", evaluation_instruments.show, name="evaluation_instrument"),
    path("evaluation/instruments/<str:key>/give/", evaluation_instruments.give, name="evaluation_instrument_give"),
    path("evaluation/rows/<str:kind>/", evaluation_rows.index, name="evaluation_rows"),
    path("evaluation/sessions/<int:pk>/", evaluation_rows.session, name="evaluation_session"),
    path("evaluation/purchase/", evaluation_purchase.show, name="evaluation_purchase"),
    path("evaluation/tables/", evaluation_tables.index, name="evaluation_tables"),
    path("evaluation/tables/<str:table>/", evaluation_tables.show, name="evaluation_table"),
    path("evaluation/tables/editions/<int:pk>/withdraw/", evaluation_tables.withdraw, name="evaluation_table_withdraw"),
    path("observatory/", observatory.index, name="observatory"),
    path("observatory/ask/", question.show, name="observatory_question"),
    path("observatory/ask/rows/", question.rows, name="observatory_question_rows"),
    path("observatory/ask/brief.<str:kind>", question.make_brief, name="observatory_brief"),
    path("observatory/dependence/", observatory.imports, name="observatory_dependence"),
    path("observatory/dependence/purchases/", purchases.show, name="observatory_purchases"),
    path("observatory/dependence/vendors/", vendors.show, name="observatory_vendors"),
    path("observatory/dependence/choke-points/", choke_points.show, name="observatory_choke_points"),
    path("observatory/rows/", observatory.rows, name="observatory_rows"),
    path("observatory/chain/", chain.links, name="observatory_chain"),
    path("observatory/facilities/", chain.facilities, name="observatory_facilities"),
    path("rules/", rules.show, name="rules"),
]
