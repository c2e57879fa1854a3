"""The procedural 3-D world: scenes, renderer, captions and exact truth, in torch and numpy."""
