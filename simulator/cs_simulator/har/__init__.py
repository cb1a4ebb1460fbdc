"""HAR 1.2: what was asked and answered, written so that every tool reads it, and read back."""
