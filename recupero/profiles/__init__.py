"""What differs per institution: its files, its names for things, its policy."""
