"""The servers that other tests stand on."""

import psycopg
import redis

from tests.servers.postgres import Postgres
from tests.servers.valkey import Valkey


def test_postgres_gives_each_test_a_database_of_its_own(postgres_server: Postgres) -> None:
    first, second = postgres_server.new_database(), postgres_server.new_database()
    with psycopg.connect(first.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE t (id int)")
    copy = postgres_server.new_database(first)
    with psycopg.connect(copy.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    with psycopg.connect(second.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT to_regclass('t')").fetchone() == (None,)
    for url in (first, second, copy):
        postgres_server.drop(url)


def test_valkey_keeps_what_it_took_over_a_kill(valkey_server: Valkey, valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        client.rpush("queue", "one")
        client.execute_command("WAITAOF", 1, 0, 2000)
    valkey_server.kill()
    valkey_server.start()
    with redis.Redis.from_url(valkey_url) as client:
        assert client.lrange("queue", 0, -1) == [b"one"]
