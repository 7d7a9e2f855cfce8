"""Sample data: fictional issuers, their courses and achievements, and lists of invented learners.

Nothing here may pass for a real organisation, programme or person: issuers say "Sample" in their name, badges carry a
SAMPLE ribbon and tag, learners have addresses at example domains only.
"""
