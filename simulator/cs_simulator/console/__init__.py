"""The console: a page that shows worlds and steers them, and the viewer of report files."""
