"""Training: one loop for the transformer, one for the autoencoder."""
