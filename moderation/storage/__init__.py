"""The only room that knows SQLAlchemy's engine: models, sessions, reads, migrations."""
