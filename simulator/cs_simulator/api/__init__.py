"""The HTTP face of Context Services: parse, call the domain, render.

Nothing here knows how data is stored.
"""
