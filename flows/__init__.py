"""The stories of a business day, a page each; what they do is in ``recupero.steps``."""
