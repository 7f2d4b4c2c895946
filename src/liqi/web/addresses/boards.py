"""Addresses of the boards: firms, plans and pipelines, and the questions they answer."""

from django.urls import URLPattern, path

from liqi.web.pages import boards, champions, market, parks, pipeline, radar

ADDRESSES: list[URLPattern] = [
    path("observatory/boards/", boards.index, name="boards"),
    path("observatory/boards/<slug:name>/", boards.show, name="board"),
    path("observatory/boards/<slug:name>/<int:pk>/", boards.record, name="board_record"),
    path("observatory/boards/<slug:name>/<int:pk>/undo/", boards.undo, name="board_undo"),
    path("observatory/boards/<slug:name>/tables/<int:pk>/undo/", boards.undo_table, name="board_table_undo"),
    path("observatory/pipeline/", pipeline.show, name="pipeline"),
    path("observatory/screening/", pipeline.screening, name="screening"),
    path("observatory/pairs/", pipeline.pairs, name="pairs"),
    path("observatory/champions/", champions.show, name="champions"),
    path("observatory/radar/", radar.show, name="radar"),
    path("observatory/parks/<int:pk>/", parks.show, name="park"),
    path("observatory/market/", market.show, name="market"),
    path("observatory/benchmarks/", market.clusters, name="benchmarks"),
]
