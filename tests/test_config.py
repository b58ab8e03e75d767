"""Settings from the environment: complete, or the start stops with every problem at once."""

from pathlib import Path

import pytest

from moderation import config

GOOD = {
    "MODERATION_DATABASE_URL": "sqlite:////tmp/x.sqlite",
    "MODERATION_BROKER_URL": "redis://127.0.0.1:6379/0",
    "MODERATION_SECRET_KEY": "k" * 40,
}


def problems(**changed: str) -> str:
    with pytest.raises(config.InvalidSettings) as caught:
        config.read({**GOOD, **changed})
    return str(caught.value)


def test_other_variables_are_not_ours() -> None:
    assert config.read({**GOOD, "PATH": "/bin", "MODERATOR": "x"}).web_port == 8000


def test_an_empty_variable_is_not_set() -> None:
    assert config.read({**GOOD, "MODERATION_METRICS_TOKEN": ""}).metrics_token is None


def test_a_postgres_url_names_the_driver_that_we_ship() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        settings = config.read({**GOOD, "MODERATION_DATABASE_URL": f"{scheme}://u@h/d"})
        assert settings.database_url == "postgresql+psycopg://u@h/d"


def test_an_unknown_name_gets_the_nearest_valid_one() -> None:
    assert problems(MODERATION_WEB_TREADS="4") == (
        "MODERATION_WEB_TREADS is not a setting: did you mean MODERATION_WEB_THREADS?"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WEB_PORT", "many", "valid integer"),
        ("WEB_PORT", "70000", "65535"),
        ("DATABASE_URL", "mysql://h/d", "postgresql:// or sqlite:///"),
        ("BROKER_URL", "amqp://h", "redis://"),
        ("SECRET_KEY", "short", "32"),
        ("PUBLIC_URL", "example.org", "http or https"),
        ("PUBLIC_URL", "https://example.org/?a=b", "without ?"),
        ("RULES_DIR", "/nowhere/at/all", "not a folder"),
        ("WEB_MODEL", "perhaps", "boolean"),
        ("WORKER_POOL", "gevent", "prefork"),
        ("LOG_LEVEL", "loud", "info"),
        ("LEASE_SECONDS", "5", "LEASE_SECONDS"),
        ("SWEEP_SECONDS", "0", "greater than 0"),
        ("SWEEP_SECONDS", "nan", "SWEEP_SECONDS"),
    ],
)
def test_a_malformed_value_stops_the_start_and_is_not_repeated(name: str, value: str, said: str) -> None:
    message = problems(**{f"MODERATION_{name}": value})
    assert said in message
    assert name in message
    if name == "SECRET_KEY":
        assert value not in message


def test_all_problems_are_named_at_once() -> None:
    message = problems(MODERATION_WEB_PORT="x", MODERATION_SECRET_KEY="", MODERATION_NO_SUCH="1")
    assert len(message.splitlines()) == 3


def test_secrets_may_be_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 40 + "\n")
    given = {**GOOD, "MODERATION_SECRET_KEY": "", "MODERATION_SECRET_KEY_FILE": str(secret)}
    assert config.read(given).secret_key == "s" * 40
    assert "both set" in problems(MODERATION_SECRET_KEY_FILE=str(secret))
    assert "cannot be read" in problems(MODERATION_METRICS_TOKEN_FILE=str(tmp_path / "none"))
    assert "is not a setting" in problems(MODERATION_WEB_PORT_FILE=str(secret))


def test_no_secret_shows_in_a_printed_setting() -> None:
    given = {**GOOD, "MODERATION_DATABASE_URL": "postgresql://u:hunter2@h/d", "MODERATION_METRICS_TOKEN": "t" * 20}
    shown = repr(config.read(given)) + str(config.read(given))
    for secret in ("hunter2", "k" * 40, "t" * 20):
        assert secret not in shown


def test_a_verbs_own_option_wins() -> None:
    assert config.read({**GOOD, "MODERATION_WEB_PORT": "1"}, web_port=2, web_host=None).web_port == 2
