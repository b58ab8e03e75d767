"""Random kills under load, on the real processes; afterwards nothing may be lost or applied twice."""
