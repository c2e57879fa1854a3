"""The steps between finished frames and a file that may leave, and back from a file to them."""
