"""Fitting and measuring the own-output classifier."""
