"""Who may do how much, and what must have been measured before more people may."""
