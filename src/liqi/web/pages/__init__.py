"""The pages, one module a family; a page makes one domain call and never imports another page."""
