"""The guarded fetcher, the only outbound HTTP of the project: `outbound.fetch.fetch`. Its rules: docs/outbound.md."""
