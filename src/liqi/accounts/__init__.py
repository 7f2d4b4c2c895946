"""People, organisations, projects, who may act for which; the journal of what was done."""
