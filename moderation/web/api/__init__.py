"""The HTTP API, version 1: one module for each resource, and the one table of their routes."""

from moderation.web.api import (
    authors,
    batch,
    comments,
    decisions,
    events,
    flags,
    guidelines,
    judge,
    openai,
    stories,
    webhooks,
)
from moderation.web.routes import Route

ROUTES: tuple[Route, ...] = (
    *comments.ROUTES,
    *batch.ROUTES,
    *stories.ROUTES,
    *flags.ROUTES,
    *decisions.ROUTES,
    *authors.ROUTES,
    *events.ROUTES,
    *webhooks.ROUTES,
    *guidelines.ROUTES,
    *judge.ROUTES,
    *openai.ROUTES,
)
