"""Benchmarks: each module has `main()`, prints what it measured, and says with what it compares."""
