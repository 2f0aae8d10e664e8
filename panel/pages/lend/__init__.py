"""`/auth…`: the pages on which people lend an account or a key, and take it back."""
