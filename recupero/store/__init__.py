"""The only package that knows SQL. Every write is a recording, chained per institution."""
