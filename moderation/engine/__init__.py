"""The rule judge, pure: a submission and rules go in, a verdict comes out."""

ENGINE_VERSION = "1"
