"""Rules as data, one file a policy, and their evaluator: three-valued, dated, traced, Decimal money."""
