"""The denoiser: a transformer over packed spacetime patches."""
