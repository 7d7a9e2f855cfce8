"""Who earns and who signs in: people with an account."""
