"""Somebody's own clips: found, judged, cut into samples, encoded into a pool."""
