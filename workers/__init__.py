"""The Celery workers: each message becomes one call of one verb."""
