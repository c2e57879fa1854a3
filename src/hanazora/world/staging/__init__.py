"""Where subjects stand, how they act and how the camera sees them."""
