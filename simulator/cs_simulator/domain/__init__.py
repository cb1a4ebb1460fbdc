"""Context Services itself: what it stores, and what each operation does.

Nothing here knows about HTTP, Flask or JSON text.
"""
