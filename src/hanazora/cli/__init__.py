"""The `hanazora` command: one file per command."""
