"""Before a video is made: what it will cost, and whether everything it needs is there."""
