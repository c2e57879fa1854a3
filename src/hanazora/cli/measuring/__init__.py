"""Measures of `hanazora eval` that stand beside the suites."""
