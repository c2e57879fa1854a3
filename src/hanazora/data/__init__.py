"""Encoded clips and packed batches."""
