"""What is likely where: tables of weights, and the subjects and shots drawn from them."""
