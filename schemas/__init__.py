"""The shape of every tabular file: bytes and a profile in, a typed frame and rejects out."""
