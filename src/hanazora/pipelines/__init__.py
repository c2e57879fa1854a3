"""Sentence to latents to frames, and the single way out of the system."""
