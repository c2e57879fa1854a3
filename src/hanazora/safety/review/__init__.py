"""What users say about decisions and videos, and what a person of the operator makes of it."""
