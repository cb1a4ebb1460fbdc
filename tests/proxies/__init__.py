"""Stock proxies in front of servers, set up as the docs say."""
