"""Addresses of orders: services, sample orders, samples, threads."""

from django.urls import URLPattern, path

from liqi.web.pages import (
    commissions,
    order_queue,
    samples,
    service,
    thread,
)

ADDRESSES: list[URLPattern] = [
    path("bookings/<int:pk>/start/", thread.start, name="session_start"),
    path("sessions/<int:pk>/end/", thread.end, name="session_end"),
    path("services/<str:key>/", service.show, name="service"),
    path("services/<str:key>/order/", service.order, name="service_order"),
    path("services/<str:key>/form/", service.form, name="service_form"),
    path("orders/", commissions.index, name="orders"),
    path("orders/new/", thread.new, name="order_new"),
    path("orders/<str:key>/answers/", service.answers, name="order_answers"),
    path("orders/<str:key>/step/<str:verb>/", commissions.step, name="order_step"),
    path("orders/<str:key>/quote/", commissions.quote, name="order_quote"),
    path("orders/<str:key>/voucher/", commissions.voucher, name="order_voucher"),
    path("orders/<str:key>/results/", commissions.write, name="order_results"),
    path("orders/<str:key>/feedback/", commissions.feedback, name="order_feedback"),
    path("orders/<str:key>/report.pdf", commissions.report, name="order_report"),
    path("orders/<str:key>/labels.pdf", samples.labels, name="order_labels"),
    path("orders/<str:key>/samples/", samples.listed, name="order_samples"),
    path("orders/<str:key>/samples/file/", samples.upload, name="order_samples_file"),
    path("orders/<str:key>/samples/template.<str:kind>", samples.template, name="order_samples_template"),
    path("orders/<str:key>/samples/<str:sample_key>/remove/", samples.remove, name="order_sample_remove"),
    path("samples/", samples.find, name="samples"),
    path("samples/<str:key>/", samples.show, name="sample"),
    path("samples/<str:key>/<str:verb>/", samples.act, name="sample_act"),
    path("desk/orders/", order_queue.show, name="desk_orders"),
    path("desk/storage/", order_queue.places, name="storage"),
    path("desk/storage/<int:pk>/", order_queue.place, name="storage_place"),
    path("desk/storage/<int:pk>/remove/", order_queue.remove_place, name="storage_remove"),
    path("orders/<str:key>/", thread.show, name="order"),
    path("orders/<str:key>/finish/", thread.finish, name="order_finish"),
    path("projects/<int:pk>/", thread.project, name="project"),
    path("organisations/<int:pk>/order-terms/", commissions.group, name="organisation_order_terms"),
]
