"""Who may answer an appeal."""

from datetime import timedelta

import pytest

from moderation.lifecycle import second_look


@pytest.mark.parametrize(
    ("first", "others", "contact", "hours", "expected"),
    [
        (False, True, True, 0, "open"),
        (False, False, False, 0, "open"),
        (True, True, True, 99, "another"),
        (True, False, True, 99, "contact"),
        (True, False, False, 23, "later"),
        (True, False, False, 24, "open"),
    ],
)
def test_who_may_answer(first: bool, others: bool, contact: bool, hours: int, expected: str) -> None:
    waited = timedelta(hours=hours)
    found = second_look(decided_first=first, others_work=others, other_contact=contact, waited=waited)
    assert found == expected
