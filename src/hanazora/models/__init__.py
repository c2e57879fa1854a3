"""The networks: autoencoder, transformer, text; siblings that share only `layers`."""
