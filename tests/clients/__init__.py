"""Clients of other services, unmodified, against a running service of ours."""
