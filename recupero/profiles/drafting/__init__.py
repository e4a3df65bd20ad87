"""A profile drafted from a sample: guesses, each with what it rests on, for a person to confirm."""
