"""What the pytest plugin is made of; imported when a test first asks for a simulator."""
