"""The procedural 3-D world: scenes, renderer, captions and exact ground truth, in plain torch and numpy."""
