"""Evaluation on record: what instruments and institutions did in a year, scored by dated tables, down to one session.

The formulas are `liqi.insight.evaluation`; here are the figures they are fed and the tables that operators date.
`tally` adds up sessions, `use` reads instruments, `units` institutions, `form` one instrument's forms, `rows` what is
behind a figure, `totals` what has to agree, `purchase` the check before buying, `sj3` the ministry's yearly table.
"""
