"""Video and picture files as uint8 numpy arrays: read, write, measure; no torch."""
