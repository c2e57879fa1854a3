"""Runs: what an unfinished video has kept, its frames as they are ready, many videos from a file."""
