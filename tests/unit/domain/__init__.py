"""The domain below the wire: its rules, and the properties they keep."""
