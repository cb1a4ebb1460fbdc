"""The console: a page that shows and controls worlds, and the viewer of report files."""
