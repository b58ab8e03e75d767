"""Comments and stories as sites send them: models with the limits of the contract, and the way to the verbs' types."""

from typing import Annotated, Any, Literal

from pydantic import Field

from moderation.engine import facts
from moderation.web.fields import (
    REVISION_MAX,
    AnyId,
    AnyText,
    AnyTime,
    Fields,
    Language,
    Name,
    PastTime,
    SafeId,
    StoryBody,
    Text,
    Title,
    Url,
    Words,
)
from moderation.workflow.incoming import IncomingAuthor, IncomingComment, IncomingParent, IncomingStory

PEOPLE_MAX = 200
Revision = Annotated[int, Field(ge=1, le=REVISION_MAX)]
Role = Literal["public", "private", "victim", "accused", "minor"]
Sensitive = Literal["death", "disaster", "child", "suicide", "sexual_offence", "court", "atrocity"]
Mode = Literal["open", "check_first", "closed"]
Format = Literal["plain", "html"]

COMMENT_EXAMPLE = {
    "id": "c-1001",
    "text": "I would rather keep the libraries than the new car park.",
    "author": {"id": "u-17", "name": "River"},
    "story": {"id": "libraries", "title": "Council votes to close two libraries"},
}


class BylineFields(Fields):
    """One name over a story."""

    name: Words
    id: AnyId | None = Field(None, description="Your id of the journalist.")


class PersonFields(Fields):
    """Somebody whom a story is about."""

    name: Words
    role: Role = Field(
        description="Who is public is never guessed. Somebody whom no one names here is of unknown standing: the worst names and accusations are held."
    )


class StoryFields(Fields):
    """A story. What you give overwrites, what you leave out stays as it was, null clears."""

    url: Url | None = Field(None, description="Where readers find it.")
    title: Title | None = None
    body: StoryBody | None = Field(None, description="Plain text; the first 20 kB are used for checks.")
    section: Title | None = Field(None, description="As your site names it: politics, sport, satire …")
    language: Language | None = None
    published_at: AnyTime | None = None
    byline: Annotated[list[BylineFields], Field(max_length=PEOPLE_MAX)] | None = None
    people: Annotated[list[PersonFields], Field(max_length=PEOPLE_MAX)] | None = None
    sensitive: Annotated[list[Sensitive], Field(max_length=PEOPLE_MAX)] | None = Field(
        None, description="Marks that make moderation stricter under this story."
    )
    comments: Mode = Field(
        "open", description="check_first holds every comment for a moderator, closed publishes nothing more."
    )

    def incoming(self, story_id: str) -> IncomingStory:
        """The story for the verbs; a field that was not given is ABSENT."""
        return IncomingStory(id=story_id, **{name: _stored(name, getattr(self, name)) for name in self._given()})

    def _given(self) -> list[str]:
        return [name for name in StoryFields.model_fields if name in self.model_fields_set]


class InlineStory(StoryFields):
    """The story of a comment; the id alone is enough for one that is known."""

    id: AnyId


class AuthorFields(Fields):
    """The commenter as your site knows him."""

    id: SafeId
    name: Name | None = Field(None, description="The name that readers see; it is checked like text.")
    joined_at: PastTime | None = None
    role: Literal["reader", "staff", "moderator"] = "reader"
    trusted: bool | None = None

    def incoming(self) -> IncomingAuthor:
        """The author for the verbs."""
        return IncomingAuthor(
            id=self.id, name=self.name or None, joined_at=self.joined_at, role=self.role, trusted=self.trusted
        )


class ParentFields(Fields):
    """The comment that is answered; text and author help where we have never seen it."""

    id: SafeId
    text: AnyText | None = None
    author_id: SafeId | None = None

    def incoming(self) -> IncomingParent:
        """The parent for the verbs."""
        return IncomingParent(id=self.id, text=self.text or None, author_id=self.author_id)


class CommentFields(Fields):
    """One comment, or a new revision of it."""

    id: SafeId = Field(description="Yours. Sending it again never makes a second comment.")
    text: Text
    format: Format = "plain"
    revision: Revision | None = Field(
        None, description="Yours, counting up; without it another text is the next revision."
    )
    author: AuthorFields
    story: InlineStory
    parent: ParentFields | None = None
    created_at: PastTime | None = None
    language: Language | None = Field(None, description="Of the comment; detected where you leave it out.")
    metadata: dict[str, Any] | None = Field(None, description="Yours; kept with the comment and never read by rules.")

    def incoming(self) -> IncomingComment:
        """The comment for the verbs."""
        return IncomingComment(
            id=self.id,
            text=self.text,
            format=self.format,
            revision=self.revision,
            author=self.author.incoming(),
            story=self.story.incoming(self.story.id),
            parent=self.parent.incoming() if self.parent else None,
            created_at=self.created_at,
            language=self.language,
            metadata=self.metadata,
        )


class JudgeStory(StoryFields):
    """A story to judge against; nothing of it is stored."""

    id: AnyId | None = None

    def facts(self) -> facts.Story:
        """The story for the engine."""
        return facts.Story(
            id=self.id,
            url=self.url,
            title=self.title,
            body=self.body,
            section=self.section,
            language=self.language,
            byline=tuple(facts.Byline(one.name, one.id) for one in self.byline or ()),
            people=tuple(facts.Person(one.name, one.role) for one in self.people or ()),
            sensitive=tuple(self.sensitive or ()),
        )


class JudgeAuthor(Fields):
    """The commenter of a text to judge."""

    id: SafeId | None = None
    name: Name | None = None
    joined_at: PastTime | None = None
    role: Literal["reader", "staff", "moderator"] = "reader"
    trusted: bool | None = None

    def facts(self) -> facts.Author:
        """The author for the engine; his history stays out, nothing is looked up."""
        return facts.Author(
            key=self.id, name=self.name or None, role=self.role, trusted=bool(self.trusted), joined_at=self.joined_at
        )


class JudgeParent(Fields):
    """The comment that is answered."""

    id: SafeId | None = None
    text: AnyText | None = None
    author_id: SafeId | None = None


class JudgeFields(Fields):
    """A text to judge; nothing is stored."""

    id: AnyId | None = Field(None, description="Yours; the answer repeats it.")
    text: Text
    format: Format = "plain"
    story: JudgeStory | None = None
    parent: JudgeParent | None = None
    author: JudgeAuthor | None = None
    language: Language | None = None
    created_at: PastTime | None = None

    def submission(self) -> facts.Submission:
        """The submission for the engine."""
        parent = facts.Parent(self.parent.text or None, self.parent.author_id) if self.parent else None
        return facts.Submission(
            text=self.text,
            format=self.format,
            author=self.author.facts() if self.author else facts.Author(),
            story=self.story.facts() if self.story else None,
            parent=parent,
            language=self.language,
            created_at=self.created_at,
        )


def _stored(name: str, value: Any) -> Any:
    if name in ("byline", "people"):
        return tuple(one.model_dump() for one in value or ())
    return tuple(value or ()) if name == "sensitive" else value
