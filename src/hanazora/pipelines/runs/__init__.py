"""Runs: what an unfinished video has kept, its frames when ready, many videos from a file."""
