"""What a run shows of itself, and what is done when it goes wrong."""
