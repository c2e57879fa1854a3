"""What a chunk looks at while it is made."""
