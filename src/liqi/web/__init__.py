"""All HTTP: pages, the JSON interface, templates, static files, translations."""
