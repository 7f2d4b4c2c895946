"""Data file in, Answer out: usable in a notebook, with no server and no database."""
