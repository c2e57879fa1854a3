"""Runs on disk: what a video that is not finished has kept, and many videos from one file."""
