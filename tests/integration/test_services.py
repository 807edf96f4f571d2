"""The servers that the tests start are real, and each test gets its own corner."""

from __future__ import annotations

import pytest


@pytest.mark.postgres
@pytest.mark.parametrize("time", [1, 2])
def test_postgres_gives_each_test_an_empty_database(postgres_url, time):
    import psycopg

    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE t (x text)")
        connection.execute("INSERT INTO t VALUES ('青空')")
        assert connection.execute("SELECT length(x) FROM t").fetchone() == (2,)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


@pytest.mark.s3
def test_the_object_store_is_a_rados_gateway(s3_service):
    import urllib.error
    import urllib.request

    with urllib.request.urlopen(s3_service["endpoint"]) as answer:
        assert b"ListAllMyBucketsResult" in answer.read()


def test_nothing_outside_this_machine_is_reached():
    import socket

    with pytest.raises(PermissionError), socket.create_connection(("192.0.2.1", 80), timeout=1):
        pass
