"""The demo's story: fictional institutions, their debtors and two business days of files.

Nothing here reads a disk, a clock or a random source other than the seed it is given.
"""
