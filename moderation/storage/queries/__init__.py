"""Reads: one function a question, no writes."""
