"""`hanazora data`: training on one's own clips."""
