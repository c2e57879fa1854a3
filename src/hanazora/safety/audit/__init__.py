"""What was decided, in a log that cannot be changed unseen: hash-chained lines, no user text."""
