"""Recorded real answers, served from the loopback server, mean what a person would expect.

The recordings lie beside the repository, or where SFUMATO_RECORDINGS says; without them the tests
are skipped.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.errors import BadRequest, BrokenAnswer, QuotaSpent
from tests.api.conftest import Talk
from tests.fakes import Answer

BESIDE = Path(__file__).parents[3] / "shared" / "recordings"
FOLDER = Path(os.environ.get("SFUMATO_RECORDINGS") or BESIDE)
SIGNATURES = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG", "webp": b"RIFF"}


@dataclass(frozen=True)
class Meaning:
    """What a recording should come to."""

    formats: tuple[str, ...] = ()
    """Of the pictures, in order."""
    said: str = ""
    """How the model's words begin."""
    partials: int = 0
    damaged: int = 0
    error: type[Exception] | None = None
    sentence: str = ""
    """A part of the error's sentence."""


MEANINGS = {
    "lc-multi-turn-0": Meaning(("jpeg",), "Here's a random short word"),
    "lc-multi-turn-1": Meaning(("jpeg",), "Here is the word"),
    "lc-streaming-0": Meaning(("jpeg",), "Here is a random short word", partials=2),
    "pyai-imggen-jpeg-0": Meaning(("jpeg",)),
    "vercel-azure-imggen-stream": Meaning(("png",), "Here is an anime-like image", partials=1),
    "vercel-openai-imggen-stream": Meaning(damaged=1),
    "vercel-openai-error-stream": Meaning(error=QuotaSpent, sentence="current quota"),
    "vercel-openai-error": Meaning(error=QuotaSpent, sentence="current quota"),
    "pyai-model-http-error-0": Meaning(error=BadRequest, sentence="refused temperature"),
    "rllm-remote-urls-rejects-edits-with-a-url-that-returns-404-0": Meaning(
        error=BadRequest, sentence="downloading"
    ),
    "dotnet-CanCancelBackgroundResponses-Test-0": Meaning(error=BrokenAnswer, sentence="queued"),
    "dotnet-CanCancelBackgroundResponses-Test-1": Meaning(error=BrokenAnswer, sentence="cancelled"),
}


def recordings() -> dict[str, dict[str, str | int]]:
    manifest = FOLDER / "manifest.json"
    return dict(json.loads(manifest.read_text())) if manifest.is_file() else {}


def recorded(name: str) -> Answer:
    entry = recordings().get(name)
    if entry is None:
        pytest.skip(f"no recording {name}: set SFUMATO_RECORDINGS to the folder of recordings")
    data = (FOLDER / str(entry["file"])).read_bytes()
    pieces = tuple(data[start : start + 16_384] for start in range(0, len(data), 16_384))
    return Answer(pieces, int(entry["status"]), {"content-type": str(entry["content_type"])})


@pytest.mark.parametrize("name", sorted({*MEANINGS, *recordings()}))
async def test_a_recording_means_what_it_should(talk: Talk, name: str) -> None:
    talk.api.answer(recorded(name))
    heard = await talk.ask()
    meaning = MEANINGS.get(name, Meaning())
    assert [picture.format for picture in heard.pictures] == list(meaning.formats)
    for picture in heard.pictures:
        assert picture.revised_prompt
        assert picture.data.startswith(SIGNATURES[picture.format or ""])
    assert heard.said.startswith(meaning.said)
    assert heard.said.count(meaning.said) == 1 or not meaning.said
    assert (len(heard.partials), len(heard.failed)) == (meaning.partials, meaning.damaged)
    if meaning.error is None:
        assert heard.error is None
        assert heard.finished
        assert heard.finished.usage
        assert heard.finished.model
    else:
        assert type(heard.error) is meaning.error
        assert meaning.sentence in heard.error.sentence


async def test_the_last_preview_of_a_recording_is_the_picture(talk: Talk) -> None:
    talk.api.answer(recorded("lc-streaming-0"))
    heard = await talk.ask()
    assert heard.partials[-1].data == heard.pictures[0].data
