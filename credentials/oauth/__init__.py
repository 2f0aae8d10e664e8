"""How an account becomes a credential: consent at its provider, and the way back."""
