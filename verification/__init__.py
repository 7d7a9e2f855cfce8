"""Is it true: evidence, verdict, and the public pages about both."""
