"""Who may do what at the desk: the one table that the routes, the pages and docs/roles.md are made from."""

ROLES = ("moderator", "senior", "admin")

# act -> roles that may. An act that is missing here is nobody's.
ACTS: dict[str, frozenset[str]] = {
    "read the queue": frozenset(ROLES),
    "claim, decide, release": frozenset(ROLES),
    "undo own decisions": frozenset(ROLES),
    "read a commenter's record": frozenset(ROLES),
    "confirm or decline a proposed block": frozenset(ROLES),
    "block by hand": frozenset(("senior", "admin")),
    "lift a block": frozenset(("senior", "admin")),
    "answer appeals": frozenset(ROLES),
    "read the rules in force": frozenset(ROLES),
    "go back to earlier rules": frozenset(("senior", "admin")),
}


def may(role: str | None, act: str) -> bool:
    """May somebody with this role do this?"""
    return role is not None and role in ACTS[act]
