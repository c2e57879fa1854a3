"""Measurements of what the models make, against ground truth and against other systems."""
