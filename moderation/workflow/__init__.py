"""The verbs of the service: the only place where rules, storage and outside neighbours meet."""
