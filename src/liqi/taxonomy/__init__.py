"""What things are called: classes, techniques, stages, facility kinds, makers, places, units; scripts folded."""
