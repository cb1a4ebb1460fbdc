"""The HTTP server: its connections, parser and addresses, made safe around waitress's parser."""
