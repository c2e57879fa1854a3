"""Red-team campaigns: what was tried against which category, and what was found."""
