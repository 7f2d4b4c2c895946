"""Every address of the pages, one module a room, one line a page."""
