"""Server-sent events read from bytes: line ends, pieces, pictures lifted out, limits."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.api import events as reading
from app.api.events import decoded, events, parsed

PICTURE = random.Random(1).randbytes(150_001)
BASE64 = base64.b64encode(PICTURE).decode()


async def chunked(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def heard(*pieces: bytes) -> list[Any]:
    return [event async for event in events(chunked(pieces))]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@settings(deadline=None, max_examples=40, derandomize=True)
@given(cuts=some.lists(some.integers(0, 120), max_size=12))
def test_any_line_end_cut_anywhere(end: bytes, cuts: list[int]) -> None:
    lines = [b": hello", b'data: {"a": 1}', b"event: x", b"", b'data:{"b":', b"data: 2}", b"", b""]
    stream = end.join([*lines, b"data: [DONE]", b"", b""])
    at = sorted({min(cut, len(stream)) for cut in cuts})
    pieces = [stream[a:b] for a, b in zip([0, *at], [*at, len(stream)], strict=True)]
    assert asyncio.run(heard(*pieces)) == [{"a": 1}, {"b": 2}]


async def test_what_follows_done_is_read_away() -> None:
    read: list[bytes] = []

    async def stream() -> AsyncIterator[bytes]:
        for piece in (b"data: [DONE]\n\n", b"data: 1\n\n", b"data: no JSON\n\n"):
            read.append(piece)
            yield piece

    assert [event async for event in events(stream())] == []
    assert len(read) == 3


async def test_an_event_without_its_empty_line_is_none() -> None:
    assert await heard(b"data: 1\n\ndata: 2\n") == [1]


@pytest.mark.parametrize("field", ["result", "partial_image_b64"])
async def test_a_large_picture_comes_as_bytes(field: str) -> None:
    text = json.dumps({"item": {"id": "a", field: BASE64, "after": "b"}, "list": [1, "c"]})
    (event,) = await heard(b"data: ", text.encode(), b"\n\n")
    assert event == {"item": {"id": "a", field: PICTURE, "after": "b"}, "list": [1, "c"]}


def test_two_pictures_in_one_text() -> None:
    text = json.dumps([{"result": BASE64}, {"result": BASE64[:-4]}, {"result": "short"}])
    first, second, third = parsed(text.encode())
    assert first["result"] == PICTURE
    assert second["result"] == base64.b64decode(BASE64[:-4])
    assert third["result"] == "short"


@pytest.mark.parametrize(
    "odd", [BASE64[:-3], "data:image/png;base64," + BASE64, BASE64[:99_999] + "*" + BASE64[1:]]
)
def test_what_is_no_plain_base64_stays_a_text(odd: str) -> None:
    assert parsed(json.dumps({"result": odd}).encode()) == {"result": odd}


def test_a_text_that_speaks_of_pictures_is_no_picture() -> None:
    said = {"said": f'"result": "{BASE64}" and lifted-0'}
    assert parsed(json.dumps(said).encode()) == said


@settings(deadline=None, max_examples=200, derandomize=True)
@given(size=some.integers(0, 40), cut=some.integers(0, 60), junk=some.text("=*A \n", max_size=2))
def test_slices_decode_as_the_whole_does(size: int, cut: int, junk: str) -> None:
    encoded = base64.b64encode(PICTURE[:size])
    encoded = encoded[:cut] + junk.encode() + encoded[cut:]
    bare = encoded.rstrip(b"=")
    least = bare + b"=" * min(-len(bare) % 4, len(encoded) - len(bare))
    try:
        whole = base64.b64decode(least, validate=True)
    except ValueError:
        whole = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "SLICE", 8)
        assert decoded(encoded) == whole


@pytest.mark.parametrize("end", ["==", "===", "======"])
def test_too_much_padding_does_no_harm(end: str) -> None:
    assert decoded(base64.b64encode(b"picture").rstrip(b"=") + end.encode()) == b"picture"


async def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="too large"):
        await heard(b"data: ", *[b"x" * 100] * 20)


async def test_empty_lines_of_data_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 100_000)
    with pytest.raises(ValueError, match="too large"):
        await heard(*[b"data:\n" * 100] * 20)


async def test_a_byte_order_mark_is_no_part_of_the_stream() -> None:
    assert await heard(b"\xef\xbb\xbfdata: 1\n\ndata: 2\n\n") == [1, 2]


async def test_data_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="too large"):
        await heard(*[b"data: " + b"x" * 100 + b"\n"] * 20)
