"""Who issues: issuer profiles, their members, signing keys and courses."""
