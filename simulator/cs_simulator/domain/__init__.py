"""Context Services itself: what is kept, and what each operation does to it.

Nothing here knows of HTTP, of Flask or of JSON text.
"""
