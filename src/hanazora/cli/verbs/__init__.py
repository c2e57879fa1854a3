"""Commands that make a video from more than a sentence: one file per verb."""
