"""The fault matrix: every test breaks one thing on purpose, and afterwards nothing may be lost or done twice."""
