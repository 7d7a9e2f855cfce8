"""Open Badges 3.0 as a library of plain functions over values.

No module here opens a connection, reads a clock, writes a file, imports Django or draws random numbers
of its own: time, keys and bytes arrive as arguments. Modules are imported one by one, so that a caller
who only decodes a status list does not pay for JSON-LD.
"""
