"""The contract: what each operation of edition 8.5 answers on the wire."""
