"""The prompt expander: from what people type to the language of the world's captions."""
