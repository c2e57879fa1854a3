"""The gallery page of the docs: one sample per verb, each with its command and its sidecar."""
