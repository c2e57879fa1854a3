"""Commands of those who watch over the system: access, audit, review, red team."""
