"""The state of instruments: incidents, tasks, maintenance, stock and what is fitted; one module a noun."""
