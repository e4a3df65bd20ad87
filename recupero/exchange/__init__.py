"""Everything that touches a network or a disk: remote folders, the outbox, the vault."""

import logging

# paramiko logs whole tracebacks (and remote file names) on its own logger; without this they
# would reach stderr. What matters of them arrives as our own errors.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
