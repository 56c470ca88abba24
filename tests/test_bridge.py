"""The bridge between the server and Django's pages: bodies and answers of every length."""

import pytest

from tests import loops
from trichter.config.bridge import Bridge

pytestmark = pytest.mark.any_database


class Answer(list):
    closed = False

    def close(self):
        self.closed = True


def ask(pages, *, method="GET", path=b"/a%C3%BC", pieces=(b"",), headers=()):
    sent, parts = [], list(pieces)

    async def receive():
        if not parts:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": "/aü",
        "raw_path": path, "query_string": b"q=1", "headers": list(headers), "client": ("127.0.0.9", 1),
        "server": ("127.0.0.1", 80),
    }  # fmt: skip
    loops.run(Bridge(pages=pages, threads=2)(scope, receive, send))
    return sent


def test_a_long_body_arrives_whole_and_is_fetched_as_it_is_read():
    def pages(environ, start):
        text = environ["wsgi.input"].read()
        start("200 OK", [("Content-Length", str(len(text)))])
        return [text]

    pieces = [bytes([number]) * 50_000 for number in range(9)]
    sent = ask(pages, method="POST", pieces=pieces)
    assert b"".join(message.get("body", b"") for message in sent[1:]) == b"".join(pieces)


def test_a_long_answer_is_streamed_and_closed():
    answer = Answer([b"x" * 100_000] * 9)

    def pages(environ, start):
        start("200 OK", [])
        return answer

    sent = ask(pages)
    assert sum(len(message["body"]) for message in sent[1:]) == 900_000
    assert len(sent) > 3 and not sent[-1].get("more_body") and answer.closed


def test_a_client_that_hangs_up_in_its_body_gets_no_answer_and_breaks_nothing():
    def pages(environ, start):
        environ["wsgi.input"].read()
        raise AssertionError("not reached")

    assert ask(pages, method="POST", pieces=[b"a", b"b"][:1]) != []  # a whole body is answered, here with 500
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "headers": []}
    loops.run(Bridge(pages=pages, threads=1)(scope, receive, send))
    assert sent == []


def test_the_request_looks_as_django_expects_it_and_headers_with_underscores_are_left_out():
    seen = {}

    def pages(environ, start):
        seen.update(environ)
        start("204 No Content", [])
        return []

    headers = [
        (b"x-forwarded-for", b"1.2.3.4"),
        (b"x_forwarded_for", b"6.6.6.6"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
    ]
    sent = ask(pages, headers=headers)
    assert sent[0]["status"] == 204
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/aü"
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("q=1", "127.0.0.9")
    assert (seen["HTTP_X_FORWARDED_FOR"], seen["HTTP_COOKIE"]) == ("1.2.3.4", "a=1; b=2")
