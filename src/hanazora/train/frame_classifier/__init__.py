"""Rendered examples for the frame classifier of the safety room, and its training."""
