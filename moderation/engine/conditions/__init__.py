"""The words of the rule language: one module for each family, one registry."""

from __future__ import annotations

from . import around, compatibility, filters, harassment, history, links, pattern, terms, writing
from .base import Build, Condition, Filter, Kind, Outcome

KINDS: dict[str, Kind] = {
    kind.name: kind
    for family in (terms, pattern, filters, writing, links, history, harassment, around, compatibility)
    for kind in family.KINDS
}
JOINS = ("all", "any", "not")

__all__ = ["JOINS", "KINDS", "Build", "Condition", "Filter", "Kind", "Outcome"]
