"""Reads a text as a person would: through disguises, by terms in context, by names, by meaning."""
