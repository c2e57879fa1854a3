"""Commands around a run: foretell it, make it, go on with it, make many."""
