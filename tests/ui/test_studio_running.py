"""While a turn runs: previews, cancelling, queueing, waiting, quitting."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator
from pathlib import Path

from app.domain.conversation import Status
from app.domain.generation import GenerationEvent, ImageRequest, Stage, Started
from tests.fakes import Answer, FakeApi, Received, hang, json_error, picture_events, png, sse
from tests.ui.chat import PATIENCE, Chat, chatting

RED, GREEN, BLUE = (200, 40, 40), (40, 200, 40), (40, 40, 200)


def drawing() -> list[dict[str, object]]:
    """A stream with one preview; it is made to hang after it."""
    return picture_events(png(RED), partials=[png(GREEN)])


async def running(chat: Chat, prompt: str) -> None:
    """Sends a prompt whose answer hangs after the first preview."""
    chat.api.answer(sse(drawing()).hang_after(6))
    await chat.type(prompt, "enter")
    await chat.sees("preview 1 of 2")


async def test_a_preview_and_the_time_are_shown(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await running(chat, "a fox")
        await chat.sees("drawing")
        assert "Esc cancels" in chat.screen
        assert "auto · drawing" in chat.border
        assert "▀" in chat.screen


async def test_escape_cancels_and_the_prompt_comes_back(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await running(chat, "a fox")
        await chat.press("escape")
        await chat.settled()
        assert chat.turns[0].status is Status.CANCELLED
        assert chat.prompt == "a fox"
        await fake_api.until(lambda: fake_api.disconnects == 1)
        await chat.sees("Cancelled")


async def test_escape_leaves_what_is_being_typed_alone(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await running(chat, "a fox")
        await chat.type("next")
        await chat.press("escape")
        await chat.settled()
        assert chat.prompt == "next"


async def test_a_prompt_sent_meanwhile_waits_its_turn(fake_api: FakeApi, tmp_path: Path) -> None:
    seen = threading.Event()

    def answer(_: Received) -> Answer:
        seen.wait(PATIENCE)
        return sse(picture_events(png(RED), response_id="resp_a"))

    fake_api.answer_with(answer)
    async with chatting(fake_api, tmp_path) as chat:
        await chat.type("a fox", "enter")
        await chat.until(lambda: len(chat.turns) == 1)
        await chat.paste("make it night")
        await chat.press("enter")
        await chat.sees("queued")
        seen.set()
        await chat.settled()
        assert [turn.status for turn in chat.turns] == [Status.DONE, Status.DONE]
        assert fake_api.requests[1].body["previous_response_id"] == "resp_a"


async def test_a_queued_prompt_can_be_taken_back(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await running(chat, "a fox")
        await chat.type("make it night", "enter")
        await chat.sees("queued")
        await chat.press("tab", "backspace")
        await chat.until(lambda: len(chat.turns) == 1)
        assert chat.prompt == "make it night"
        assert chat.app.focused is chat.studio.prompt.area


async def test_a_rate_limit_is_counted_down_and_escape_stops_it(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        fake_api.answer(
            json_error(429, "Slow down.", code="rate_limit_exceeded", headers={"retry-after": "30"})
        )
        await chat.type("a fox", "enter")
        await chat.sees("again in 30 s")
        await chat.sees("again in 29 s")
        await chat.press("escape")
        await chat.settled()
        assert chat.turns[0].status is Status.CANCELLED
        assert len(fake_api.requests) == 1


async def test_quitting_asks_once_while_a_turn_runs(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await running(chat, "a fox")
        await chat.press("ctrl+q")
        await chat.sees("A picture is still being made.")
        await chat.press("escape")
        assert chat.app.screen is chat.studio
        await chat.press("ctrl+q", "enter")
        await chat.until(lambda: not chat.app.is_running)
    async with chatting(fake_api, tmp_path, resume="latest") as chat:
        assert chat.turns[0].status is Status.CANCELLED
        await chat.sees("a fox")


async def test_a_new_conversation_lets_the_running_turn_go_on(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        fake_api.answer(sse(picture_events(png(RED))).slowly(0.05))
        await chat.type("a fox", "enter")
        await chat.until(lambda: len(chat.turns) == 1)
        await chat.press("ctrl+n")
        assert chat.turns == []
        await chat.until(lambda: not chat.studio._workers)
    async with chatting(fake_api, tmp_path, resume="latest") as chat:
        assert chat.turns[0].status is Status.DONE


async def test_a_stream_that_stops_is_interrupted_and_keeps_its_preview(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        fake_api.answer(sse(drawing()).cut_after(6))
        await chat.send("a fox")
        assert chat.turns[0].status is Status.INTERRUPTED
        assert chat.turns[0].partial is not None
        await chat.sees("Press r to send it again.")


async def test_nothing_is_lost_when_the_server_never_answers(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        fake_api.answer(hang())
        await chat.type("a fox", "enter")
        await chat.until(lambda: fake_api.requests)
        await chat.press("escape")
        await chat.settled()
        assert chat.prompt == "a fox"


class BrokenGateway:
    """Fails in a way that nobody foresaw."""

    async def warm(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to close."""

    async def generate(self, request: ImageRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Begins, and divides by zero."""
        yield Started("resp_1")
        yield Stage("drawing" * (1 // 0))


async def test_an_unforeseen_error_ends_the_turn_and_is_logged(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    async with chatting(fake_api, tmp_path, gateway=BrokenGateway(), log_folder=state) as chat:
        await chat.send("a fox")
        await chat.sees("Something went wrong")
        assert not chat.turns[0].status.open
        assert "ZeroDivisionError" in (state / "sfumato.log").read_text()
        await chat.send("still here")
        assert len(chat.turns) == 2


async def test_a_turn_of_another_window_is_followed(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as first:
        fake_api.answer(sse(picture_events(png(RED))).slowly(0.3))
        await first.paste("a fox")
        await first.press("enter")
        await first.until(lambda: first.turns and first.turns[0].status is Status.RUNNING)
        async with chatting(fake_api, tmp_path, resume="latest") as second:
            await second.sees("running in another window")
            await first.settled()
            await second.until(lambda: second.turns[0].status is Status.DONE)
            await second.sees("A revised prompt.")
