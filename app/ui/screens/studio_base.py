"""What the parts of the main screen share: its state, its widgets, and how it speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, wraps
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from textual import work
from textual.reactive import reactive
from textual.screen import Screen

from app.domain.conversation import Conversation
from app.domain.errors import DiskTrouble, Refused, SfumatoError
from app.domain.options import Action, Options
from app.domain.text import plain
from app.ui.widgets.prompt import Prompt
from app.ui.widgets.transcript import Transcript
from app.ui.workshop import Workshop

if TYPE_CHECKING:
    from app.imaging.inputs import Checked
    from app.session.live import Update
    from app.session.session import Session
    from app.storage.library import Library
    from app.ui.graphics import PictureCache

Verb = TypeVar("Verb", bound=Callable[..., Any])
OTHERS_SECONDS = 2.0
"""How often the library is asked for turns that another window runs."""
Severity = Literal["information", "warning", "error"]


def told(verb: Verb) -> Verb:
    """Makes an action tell the person about a foreseen error instead of raising it."""

    @wraps(verb)
    async def wrapped(self: StudioBase, *arguments: Any) -> None:
        try:
            answer = verb(self, *arguments)
            if isawaitable(answer):
                await answer
        except SfumatoError as error:
            self.tell(error)

    return cast(Verb, wrapped)


class StudioBase(Screen[None]):
    """State and helpers of the main screen; the verbs are in the classes that build on it."""

    options: reactive[Options] = reactive(Options)
    attachments: reactive[tuple[Checked, ...]] = reactive(())
    mask: reactive[Checked | None] = reactive(None)
    fork: reactive[str | None] = reactive(None)
    """The turn that the next prompt starts from; None for the head."""
    target: reactive[str] = reactive("")
    state: reactive[str] = reactive("")
    conversation: reactive[Conversation]

    def __init__(self, workshop: Workshop) -> None:
        super().__init__()
        self.workshop = workshop
        self.library: Library | None = None
        self.session: Session | None = None
        self.trouble: SfumatoError | None = None
        """Why the library could not be opened."""
        self.ready = asyncio.Event()
        self.set_reactive(StudioBase.options, workshop.options)

    @cached_property
    def cache(self) -> PictureCache:
        """The prepared pictures of all screens."""
        from app.ui.graphics import PictureCache

        return PictureCache(self.workshop.cache_bytes, animate=self.workshop.animate)

    @property
    def prompt(self) -> Prompt:
        """The prompt below."""
        return self.query_one(Prompt)

    @property
    def transcript(self) -> Transcript:
        """The transcript above."""
        return self.query_one(Transcript)

    def watch_fork(self, fork: str | None) -> None:
        """Names the turn that the next prompt starts from, by its place on the branch."""
        ids = self.conversation.branch
        self.target = f"turn {ids.index(fork) + 1}" if fork in ids else ""

    def say(self, text: str, *, title: str = "", severity: Severity = "information") -> None:
        """A short message at the edge of the screen; outside text is safe here."""
        self.notify(plain(text), title=plain(title), severity=severity, markup=False)

    def tell(self, error: SfumatoError) -> None:
        """Says what went wrong and what to do next."""
        text = f"{error.sentence} {error.hint}".strip()
        self.say(text, title=error.title, severity="warning")

    def unforeseen(self, error: BaseException) -> None:
        """Writes an error that nobody foresaw into the log, and says where."""
        from app.storage.logs import record

        said, folder = "It is no fault of yours.", self.workshop.log_folder
        if folder is not None:
            with suppress(DiskTrouble):
                said += f" What happened is in {record(folder, error)}"
        self.say(said, title="Something went wrong", severity="error")

    def set_action(self, action: Action) -> None:
        """Changes the action; it stays until changed."""
        self.options = replace(self.options, action=action)

    def give_back(
        self, words: str, inputs: tuple[Checked, ...] = (), mask: Checked | None = None
    ) -> None:
        """Puts back what was typed and attached, unless something new is there already."""
        if not self.prompt.text:
            self.prompt.put(words)
        self.attachments = self.attachments or inputs
        self.mask = self.mask or mask

    def send(
        self,
        words: str,
        *,
        inputs: tuple[Checked, ...] = (),
        mask: Checked | None = None,
        parent: str | None = None,
    ) -> None:
        """Sends a prompt as a new turn from ``parent``, by default the head."""
        if self.session is None:
            self._send_later(words, inputs, mask)
            return
        origin = parent or self.session.conversation.head
        try:
            updates = self.session.submit(words, self.options, inputs, mask, parent=origin)
        except Refused as error:
            self.tell(error)
            self.give_back(words, inputs, mask)
            self.fork = parent
        else:
            self.follow(updates, words, inputs=inputs, mask=mask)

    @work(group="start")
    async def _send_later(
        self, words: str, inputs: tuple[Checked, ...], mask: Checked | None
    ) -> None:
        """Sends what was typed before the library was open."""
        await self.ready.wait()
        if self.session is None:
            self.give_back(words, inputs, mask)
            if self.trouble is not None:
                self.tell(self.trouble)
        else:
            self.send(words, inputs=inputs, mask=mask)

    def follow(self, updates: AsyncGenerator[Update, None], words: str = "", **given: Any) -> None:
        """Runs a turn; see Studio."""
        raise NotImplementedError

    @work(group="others", exclusive=True)
    async def watch_others(self) -> None:
        """Follows turns of this conversation that another window runs, until they have ended."""
        while self.session is not None and self.library is not None and self._others():
            await asyncio.sleep(OTHERS_SECONDS)
            shown = self.conversation
            found = await asyncio.to_thread(self.library.load, shown.id)
            idle = self.conversation.id == shown.id and not self.session.running()
            if idle and found.turns != shown.turns:
                options = self.options
                self.open_conversation(found)
                self.options = options

    def _others(self) -> bool:
        """Whether a turn is open here that this window does not run."""
        ours = {turn.id for turn in self.session.running()} if self.session else set()
        turns = self.conversation.turns.values()
        return any(turn.status.open and turn.id not in ours for turn in turns)

    def publish(self) -> None:
        """Tells every widget how things stand; see Studio."""
        raise NotImplementedError

    def open_conversation(self, conversation: Conversation) -> None:
        """Shows another conversation; see Studio."""
        raise NotImplementedError
