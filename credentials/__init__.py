"""What can be earned and what was given: achievements, awards, batches, status lists."""
