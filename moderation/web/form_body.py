"""Forms as clients of other protocols send them: any Content-Type, any bytes, and texts that PHP has put backslashes into."""

import re
from urllib.parse import unquote_to_bytes

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.errors import TooLarge
from moderation.web.json_body import REQUEST_BYTES

_SLASHED = re.compile(r"""(?:[^\\'"]|\\[\\'"])*+""")
_SLASH = re.compile(r"""\\([\\'"])""")


def read() -> dict[str, str]:
    """The fields, whatever the Content-Type says: some clients send only a charset there, some send parts."""
    if request.method == "GET":
        return dict(request.args)
    request.max_content_length = REQUEST_BYTES
    try:
        if request.mimetype == "multipart/form-data":
            return {name: unslashed(value.replace("\0", "")) for name, value in request.form.items()}
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(f"The form may have at most {REQUEST_BYTES} bytes.") from None
    pairs = (part.partition(b"=") for part in raw.split(b"&"))
    return {_decoded(name): unslashed(_decoded(value)) for name, _, value in pairs}


def unslashed(text: str) -> str:
    r"""A text in which each quotation mark and each backslash has a backslash before it, without these.

    WordPress hands plugins what was posted in that way, and the Akismet plugin passes it on: `You\'re` for `You're`.
    A text that a person wrote has a bare one, unless it has none at all.
    """
    return _SLASH.sub(r"\1", text) if "\\" in text and _SLASHED.fullmatch(text) else text


def _decoded(raw: bytes) -> str:
    octets = unquote_to_bytes(raw.replace(b"+", b" "))
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("cp1252", "replace")  # a blog of long ago
    return text.replace("\0", "")
