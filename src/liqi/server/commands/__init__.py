"""The commands of `liqi`, one module a part."""
