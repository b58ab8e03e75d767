"""A stateful model of the API: what it promises, as plain Python, against the real application."""
