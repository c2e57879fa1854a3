"""Words, verb forms and noun phrases: what captions are made of."""
