"""Suites P and O: does what left the picture come back, and as the same thing?"""
