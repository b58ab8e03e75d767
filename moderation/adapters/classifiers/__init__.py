"""Learned judges of a comment: what they need is in the installed packages, nothing is downloaded."""
