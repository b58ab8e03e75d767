"""A fake that differs from its port proves nothing: their signatures are compared."""

import inspect

import pytest

from moderation.adapters.queue import CeleryQueue
from moderation.adapters.webhook_client import WebhookClient
from moderation.workflow import ports
from tests.fakes import FakeClassifier, FakeQueue, FakeSender


@pytest.mark.parametrize(
    ("port", "implementation"),
    [
        (ports.Queue, FakeQueue),
        (ports.Queue, CeleryQueue),
        (ports.WebhookSender, FakeSender),
        (ports.WebhookSender, WebhookClient),
        (ports.Classifier, FakeClassifier),
    ],
)
def test_signatures_are_those_of_the_port(port: type, implementation: type) -> None:
    for name, method in inspect.getmembers(port, inspect.isfunction):
        if not name.startswith("_"):
            own = inspect.signature(getattr(implementation, name))
            assert list(own.parameters.values()) == list(inspect.signature(method).parameters.values()), name
