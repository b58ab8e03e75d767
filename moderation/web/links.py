"""Addresses of things: what the verbs leave out because only the edge knows it."""

from typing import Any
from urllib.parse import quote


def comment_path(comment_id: str) -> str:
    """The path of a comment; its id may hold any letter."""
    return f"/v1/comments/{quote(comment_id, safe='')}"


def story_path(story_id: str) -> str:
    """The path of a story."""
    return f"/v1/stories/{quote(story_id, safe='')}"


def author_path(author_id: str) -> str:
    """The path of an author."""
    return f"/v1/authors/{quote(author_id, safe='')}"


def with_links(comment: dict[str, Any], public_url: str) -> dict[str, Any]:
    """A comment with the addresses of itself and of what belongs to it."""
    path = comment_path(comment["id"])
    links = {
        "self": public_url + path,
        "flags": f"{public_url}{path}/flags",
        "decisions": f"{public_url}{path}/decisions",
    }
    for name, path_of in (("story", story_path), ("author", author_path)):
        owner = comment.get(name)
        if owner and owner.get("id"):
            links[name] = public_url + path_of(owner["id"])
    return {**comment, "links": links}
