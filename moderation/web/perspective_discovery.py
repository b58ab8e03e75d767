"""The discovery document of the Comment Analyzer, from which Google's clients build their calls."""

from collections.abc import Mapping
from typing import Any

from moderation.web.perspective_attributes import NAMES

_STRING = {"type": "string"}
_FLOAT = {"type": "number", "format": "float"}
_INTEGER = {"type": "integer", "format": "int32"}
_BOOLEAN = {"type": "boolean"}


def _to(name: str) -> dict[str, str]:
    return {"$ref": name}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _map(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


_ABOUT = {
    "comment": _to("TextEntry"),
    "context": _to("Context"),
    "languages": _list(_STRING),
    "clientToken": _STRING,
    "sessionId": _STRING,
    "communityId": _STRING,
}
_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "TextEntry": {"text": _STRING, "type": _STRING},
    "ArticleAndParentComment": {"article": _to("TextEntry"), "parentComment": _to("TextEntry")},
    "Context": {"entries": _list(_to("TextEntry")), "articleAndParentComment": _to("ArticleAndParentComment")},
    "Score": {"value": _FLOAT, "type": _STRING},
    "SpanScore": {"begin": _INTEGER, "end": _INTEGER, "score": _to("Score")},
    "AttributeScores": {"summaryScore": _to("Score"), "spanScores": _list(_to("SpanScore"))},
    "AttributeParameters": {"scoreType": _STRING, "scoreThreshold": _FLOAT},
    "AnalyzeCommentRequest": {
        **_ABOUT,
        "requestedAttributes": _map(_to("AttributeParameters")),
        "spanAnnotations": _BOOLEAN,
        "doNotStore": _BOOLEAN,
    },
    "AnalyzeCommentResponse": {
        "attributeScores": _map(_to("AttributeScores")),
        "languages": _list(_STRING),
        "detectedLanguages": _list(_STRING),
        "clientToken": _STRING,
    },
    "SuggestCommentScoreRequest": {**_ABOUT, "attributeScores": _map(_to("AttributeScores"))},
    "SuggestCommentScoreResponse": {
        "detectedLanguages": _list(_STRING),
        "requestedLanguages": _list(_STRING),
        "clientToken": _STRING,
    },
}
_PARAMETERS = {
    name: {"type": "string", "location": "query"}
    for name in (
        "access_token", "alt", "callback", "fields", "key", "oauth_token", "quotaUser", "uploadType", "upload_protocol", "$.xgafv",
    )
} | {"prettyPrint": {"type": "boolean", "default": "true", "location": "query"}}  # fmt: skip


def document(address: str) -> dict[str, Any]:
    """The document of the service at `address`, to which the clients then send their calls."""
    root = address.rstrip("/") + "/"
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer",
        "canonicalName": "Comment Analyzer",
        "version": "v1alpha1",
        "title": "Perspective Comment Analyzer API, as Keep It Civil answers it",
        "description": f"Scores of comments: {', '.join(NAMES)}.",
        "documentationLink": root + "docs",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "basePath": "",
        "servicePath": "",
        "batchPath": "batch",
        "parameters": _PARAMETERS,
        "schemas": {name: {"id": name, "type": "object", "properties": fields} for name, fields in _SCHEMAS.items()},
        "resources": {
            "comments": {
                "methods": {
                    "analyze": _method("analyze", "AnalyzeComment"),
                    "suggestscore": _method("suggestscore", "SuggestCommentScore"),
                }
            }
        },
    }


def _method(name: str, messages: str) -> dict[str, Any]:
    path = f"v1alpha1/comments:{name}"
    return {
        "id": f"commentanalyzer.comments.{name}",
        "path": path,
        "flatPath": path,
        "httpMethod": "POST",
        "parameters": {},
        "parameterOrder": [],
        "request": _to(f"{messages}Request"),
        "response": _to(f"{messages}Response"),
    }
