"""From a prompt in three languages to what it asks for."""
