"""The video autoencoder: causal in time, 4x16x16 pixels to a latent cell, streaming."""
