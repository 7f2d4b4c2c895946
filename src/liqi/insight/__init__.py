"""Tables in, figures out: dependence, concentration, chain coverage."""
