"""Prompts to embeddings: tokenizer and text transformer."""
