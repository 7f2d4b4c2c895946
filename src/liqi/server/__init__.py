"""Settings, the WSGI entry and the `liqi` command: how the parts are put together."""
