"""Input that nobody would write, for as long as FUZZ_SECONDS says."""
