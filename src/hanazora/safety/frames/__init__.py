"""Moderators that look at pictures: our own classifier, plug-ins, faces and the blocklist."""
