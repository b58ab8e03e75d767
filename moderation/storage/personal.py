"""Every column that can hold words, names or ids of people, and when it goes; the rest is marked as not personal.

A test compares these two tables with the models: a new text column must be put into one of them.
"""

# table.column -> what it holds
PERSONAL: dict[str, str] = {
    "author.external_id": "the site's id of a commenter; erased with the author, the keyed hash stays for a block",
    "author.key": "keyed hash of that id",
    "author.name": "display name",
    "reader.key": "keyed hash of the site's id of a reader who flagged",
    "revision.text": "what a commenter wrote",
    "revision.author_name": "display name at that time",
    "revision.parent_text": "what somebody else wrote, where the site sent it along",
    "revision.parent_author_key": "keyed hash of the one who is answered",
    "revision.text_mac": "keyed hash of the text",
    "revision.fingerprint": "hash of the folded text",
    "revision.sketch": "hashes of pieces of a long text, to tell how alike two are",
    "feedback.text_mac": "keyed hash of a text that left no comment",
    "rule_match.target_key": "keyed hash of the one aimed at",
    "flag.note": "what a reader wrote",
    "decision.note": "what a moderator wrote",
    "decision.by_id": "account or keyed hash of a moderator",
    "review_item.claimed_by": "account of a moderator",
    "block.reason": "why, in a person's words",
    "block.end_reason": "why it ended, in a person's words",
    "block.by_id": "account of a moderator",
    "block.seconded_by": "account of a moderator",
    "block.ended_by_id": "account of a moderator",
    "appeal.text": "what a commenter wrote",
    "appeal.answer": "what a moderator wrote",
    "appeal.decided_by": "account of a moderator",
    "audit.by_id": "account, key or keyed hash of who acted",
    "publication.by_id": "account of an admin",
    "story.url": "address of the story",
    "story.title": "may name people",
    "story.body": "may name people",
    "story.byline": "names of journalists",
    "story.people": "names of people in the story",
    "comment.metadata": "free keys of the site",
    "user_account.login": "name of a moderator",
    "user_account.password_hash": "argon2id",
    "desk_session.id": "hash of a session's token",
    "desk_session.csrf": "token of a session",
    "login_attempt.subject": "keyed hash of an account or address",
    "idempotency.key": "a caller's own key",
    "idempotency.route": "a path with ids of a site",
    "idempotency.resource": "an id of ours",
    "event.data": "ids of authors and comments",
}

# Ids, codes, numbers and settings of ours, and of the site about itself.
NOT_PERSONAL: frozenset[str] = frozenset(
    """
    newsroom.id newsroom.name realm.id realm.newsroom_id realm.name site.id site.newsroom_id site.realm_id site.slug
    site.name position.site_id position.audit_mac api_key.id api_key.site_id api_key.kind api_key.lookup api_key.hash
    api_key.secret api_key.url api_key.token api_key.label api_key.options user_account.id user_account.newsroom_id membership.user_id
    membership.site_id membership.role desk_session.user_id login_attempt.id author.id author.realm_id author.role
    reader.id reader.realm_id story.id story.site_id story.external_id story.section story.language story.sensitive
    story.comments comment.id comment.site_id comment.realm_id comment.external_id comment.author_id comment.story_id
    comment.parent_external_id comment.status comment.decided_by revision.id revision.site_id revision.comment_id
    revision.author_id revision.format revision.language revision.state revision.lease_token verdict.id verdict.site_id
    verdict.revision_id verdict.kind verdict.action verdict.ruleset verdict.engine verdict.model verdict.categories
    verdict.reasons verdict.unknown verdict.scores verdict.scored_by verdict.not_assessed verdict.language verdict.facts
    rule_match.id rule_match.site_id rule_match.verdict_id rule_match.rule rule_match.rule_hash rule_match.state
    rule_match.category rule_match.action rule_match.spans rule_match.aimed_at rule_match.hidden_as rule_match.found_in
    flag.id flag.site_id flag.comment_id flag.revision_id flag.reader_id flag.reason flag.state decision.id
    decision.site_id decision.comment_id decision.revision_id decision.decision decision.reason decision.by_kind
    decision.by_role decision.state decision.before decision.restriction decision.detected_by decision.ground
    review_item.id review_item.site_id review_item.comment_id review_item.source review_item.outcome strike.id
    strike.realm_id strike.site_id strike.author_id strike.comment_id strike.revision_id strike.category strike.state
    strike.verdict_id strike.decision_id block.id block.realm_id block.site_id block.author_id block.scope block.state
    block.category block.evidence block.by_kind block.by_role block.ended_by_kind appeal.id appeal.site_id
    appeal.realm_id appeal.author_id appeal.block_id appeal.comment_id appeal.state event.id event.site_id event.type
    audit.site_id audit.by_kind audit.by_role audit.act audit.subject_kind audit.subject_id audit.details audit.mac
    endpoint.id endpoint.site_id endpoint.url endpoint.types endpoint.secret endpoint.disabled_reason
    endpoint.busy_token delivery.id delivery.site_id delivery.endpoint_id delivery.event_id delivery.state
    delivery.lease_token delivery.last_error attempt.id attempt.site_id attempt.delivery_id attempt.error
    idempotency.site_id idempotency.body_hash ask.site_id ask.mac ask.action feedback.id feedback.site_id feedback.protocol
    feedback.told feedback.attributes feedback.scores feedback.scored_by feedback.by_key heartbeat.part ruleset.version ruleset.body
    ruleset_pointer.site_id ruleset_pointer.version ruleset_pointer.publication_id publication.id publication.site_id
    publication.version publication.kind publication.message publication.by_kind watched_files.site_id
    watched_files.files_hash watched_files.refused rule_pause.id rule_pause.site_id rule_pause.rule rule_pause.rule_hash
    rule_pause.acts_as rule_pause.reason coral_comment.id coral_comment.site_id coral_comment.coral_id coral_comment.state
    coral_comment.lease_token coral_comment.outcome coral_comment.last_error unchecked.site_id unchecked.key_id
    unchecked.protocol unchecked.why write_back.id write_back.site_id write_back.comment_id
    write_back.state write_back.lease_token write_back.outcome write_back.last_error
    """.split()
)
