"""The named checks behind a verdict: each weighs facts that were gathered before and gives one `Finding`."""
