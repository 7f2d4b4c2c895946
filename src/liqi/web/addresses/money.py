"""Addresses of money: prices, charges, quotes, invoices, budgets, vouchers, customs."""

from django.urls import URLPattern, path

from liqi.web.pages import (
    billing,
    budgets,
    charges,
    customs,
    invoices,
    price_tables,
    quotes,
    voucher_desk,
    vouchers,
)

ADDRESSES: list[URLPattern] = [
    path("desk/money/", charges.queue, name="charges"),
    path("desk/money/undo/", charges.undo, name="charges_undo"),
    path("desk/prices/", price_tables.index, name="price_tables"),
    path("desk/prices/new/", price_tables.edit, name="price_table_new"),
    path("desk/prices/<int:pk>/", price_tables.edit, name="price_table"),
    path("desk/prices/<int:pk>/act/", price_tables.act, name="price_table_act"),
    path("desk/invoices/", invoices.desk, name="desk_invoices"),
    path("desk/vouchers/", voucher_desk.desk, name="desk_vouchers"),
    path("desk/vouchers/<str:number>.<str:kind>", voucher_desk.batch_file, name="voucher_batch"),
    path("desk/customs/", customs.index, name="customs"),
    path("desk/customs/<int:pk>/", customs.show, name="customs_record"),
    path("budgets/", budgets.index, name="budgets"),
    path("budgets/<int:pk>/", budgets.show, name="budget"),
    path("budgets/<int:pk>/statement.<str:kind>", budgets.file, name="budget_file"),
    path("quotes/", quotes.index, name="quotes"),
    path("quotes/<str:number>/", quotes.show, name="quote"),
    path("quotes/<str:number>.pdf", quotes.pdf, name="quote_pdf"),
    path("invoices/", invoices.mine, name="invoices"),
    path("invoices/<str:number>/", invoices.show, name="invoice"),
    path("invoices/<str:number>.<str:kind>", invoices.file, name="invoice_file"),
    path("vouchers/", vouchers.mine, name="vouchers"),
    path("vouchers/documents/<int:pk>/", vouchers.evidence, name="voucher_evidence"),
    path("vouchers/<slug:key>/apply/", vouchers.apply, name="voucher_apply"),
    path("organisations/<int:pk>/billing/", billing.edit, name="billing"),
]
