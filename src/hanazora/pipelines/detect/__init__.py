"""Is a file ours? Separate pieces of evidence, each with its own error rate, and no verdict."""
