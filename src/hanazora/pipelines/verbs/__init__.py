"""The verbs: what each asks for, and its plan."""
