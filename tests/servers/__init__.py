"""Real servers for the tests: started when a test first asks, as root or not, gone when the run ends."""
