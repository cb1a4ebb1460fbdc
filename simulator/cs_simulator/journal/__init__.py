"""What a world was asked and what it answered: entries, their bounds, the newest of them."""
