"""Configuration, sizes, paths, errors, logs and metrics: no torch and no video I/O."""
