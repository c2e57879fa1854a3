"""From what is asked for to a caption of the world."""
