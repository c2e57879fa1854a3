"""What is signed into a file and how the file is recognised later."""
