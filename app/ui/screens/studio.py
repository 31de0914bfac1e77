"""The main screen: transcript above, prompt below, and the turns that run between them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from textual import events, work
from textual.app import ComposeResult
from textual.reactive import reactive
from textual.widgets import Footer
from textual.worker import Worker, WorkerState, get_current_worker

from app.domain.conversation import Conversation, Status, Turn
from app.domain.errors import DiskTrouble, SfumatoError
from app.domain.options import with_value
from app.ui.keys import bindings
from app.ui.screens.studio_base import StudioBase
from app.ui.screens.studio_commands import CommandActions
from app.ui.screens.studio_navigation import Navigation
from app.ui.screens.studio_turns import TurnActions
from app.ui.widgets.header import Header
from app.ui.widgets.prompt import Prompt
from app.ui.widgets.prompt_area import PromptArea
from app.ui.widgets.transcript import Transcript
from app.ui.workshop import LATEST, Workshop

if TYPE_CHECKING:
    from app.session.live import Live, Update
    from app.storage.library import Library
    from app.ui.widgets.card import TurnCard

UNHURRIED = (5_000, 10, 20)
"""How rarely garbage is searched for: many turns that are loaded are no reason by themselves."""


class Studio(CommandActions, TurnActions, Navigation, StudioBase):
    """One open conversation on screen. It alone owns what changes; widgets are told."""

    BINDINGS = bindings("everywhere")

    conversation: reactive[Conversation] = reactive(Conversation, always_update=True)
    live: reactive[Mapping[str, Live]] = reactive(dict, always_update=True)

    def __init__(self, workshop: Workshop) -> None:
        super().__init__(workshop)
        self._workers: dict[str, Worker[Any]] = {}

    def compose(self) -> ComposeResult:
        """Header, transcript, prompt, footer."""
        yield Header(demo=self.workshop.demo).data_bind(Studio.conversation)
        transcript = Transcript(self._card, self._cell, id="transcript")
        yield transcript.data_bind(Studio.conversation, Studio.live)
        yield Prompt(id="prompt").data_bind(
            Studio.options, Studio.attachments, Studio.mask, Studio.target, Studio.state
        )
        yield Footer(compact=True, show_command_palette=False)

    def _card(self, turn: Turn) -> TurnCard:
        """A card for the transcript; all that pictures need is imported with the first one."""
        from app.ui.widgets.card import TurnCard

        return TurnCard(turn, self.workshop.graphics, self.cache)

    def _cell(self) -> tuple[int, int] | None:
        """The pixels of a cell, None where pictures are told in words."""
        graphics = self.workshop.graphics
        if graphics.protocol == "text":
            return None
        if self.session is None:
            return graphics.cell_width, graphics.cell_height
        return self.cache.cell(graphics, self.app.size)

    def on_mount(self) -> None:
        """The prompt has the focus; everything slow starts after the first frame."""
        self.prompt.area.focus()
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self._open()
        self._warm()
        for problem in self.workshop.problems:
            self.say(problem, title="Settings", severity="warning")

    @work(group="start")
    async def _warm(self) -> None:
        """Loads what the first turn would wait for; what fails here is told by that turn."""
        with suppress(SfumatoError):
            await self.workshop.gateway.warm()
        # What is imported stays: a search for garbage among it would stop the screen for 100 ms.
        gc.freeze()
        gc.set_threshold(*UNHURRIED)

    @work(group="start")
    async def _open(self) -> None:
        """Opens the library and the conversation that was asked for, or else a new one."""
        try:
            self.library = await asyncio.to_thread(self.workshop.open_library)
            self.open_conversation(await self._resumed(self.library))
        except DiskTrouble as error:
            self.trouble = error
            self.tell(error)
        self.ready.set()

    async def _resumed(self, library: Library) -> Conversation:
        """The conversation that was asked for. One that cannot be opened is told, not fatal."""
        wanted = self.workshop.resume
        try:
            if wanted == LATEST:
                wanted = await asyncio.to_thread(library.latest)
            if wanted:
                return await asyncio.to_thread(library.load, wanted)
        except DiskTrouble as error:
            self.tell(error)
        return Conversation()

    def open_conversation(self, conversation: Conversation) -> None:
        """Shows ``conversation``, with the options of its last turn."""
        from app.session.session import Session

        if self.library is None:
            return
        self.session = Session(
            conversation,
            library=self.library,
            gateway=self.workshop.gateway,
            instructions=self.workshop.instructions,
            retries=self.workshop.retries,
        )
        self.fork = None
        path = conversation.path()
        if path:
            options = path[-1].options
            for name, value in self.workshop.flags.items():
                options = with_value(options, name, value, strict=False)
            self.options = options
        self.prompt.area.remember(*(turn.prompt for turn in path))
        self.publish()
        self.transcript.show_newest()
        self.watch_others()

    def publish(self) -> None:
        """Tells every widget how things stand."""
        if self.session is None:
            return
        self.conversation = self.session.conversation
        self.live = self.session.live
        ours = self.session.running()
        running = [turn for turn in ours if turn.status is Status.RUNNING]
        waiting = len(ours) - len(running)
        state = ["drawing"] if running else []
        if waiting:
            state.append(f"{waiting} queued")
        self.state = ", ".join(state)
        self.refresh_bindings()

    async def on_prompt_area_submitted(self, message: PromptArea.Submitted) -> None:
        """Enter: a slash command is carried out, anything else is sent."""
        text = message.text
        if not text.strip():
            return
        self.prompt.close_completions()
        if await self.run_command(text):
            return
        self.prompt.area.remember(text)
        text = text[1:] if text.startswith("//") else text
        inputs, mask = self.attachments, self.mask
        self.attachments, self.mask = (), None
        parent, self.fork = self.fork, None
        self.send(text, inputs=inputs, mask=mask, parent=parent)

    def follow(self, updates: AsyncGenerator[Update, None], words: str = "", **given: Any) -> None:
        """Runs one turn in a worker of its own; ``words`` and ``given`` return if it is refused."""
        self._follow(updates, words, given)

    @work(group="turns", exit_on_error=False)
    async def _follow(
        self, updates: AsyncGenerator[Update, None], words: str, given: dict[str, Any]
    ) -> None:
        """Follows a turn to its end. What the turn itself suffers stands on its card."""
        turn_id = ""
        try:
            async with aclosing(updates) as stream:
                async for update in stream:
                    if not turn_id:
                        turn_id = update.turn_id
                        self._workers[turn_id] = get_current_worker()
                        self.publish()
                        self.transcript.show_newest()
                    else:
                        self.publish()
        except SfumatoError as error:
            self.tell(error)
            if not turn_id:
                self.give_back(words, **given)
        finally:
            self._workers.pop(turn_id, None)
            self.publish()

    def on_resize(self, event: events.Resize) -> None:
        """A font zoom changes the pixels of a cell, which some terminals tell."""
        if event.pixel_size is not None and event.size:
            pixels, cells = event.pixel_size, event.size
            if self.cache.set_cell(pixels.width // cells.width, pixels.height // cells.height):
                self.transcript.follow_cell()

    async def shut(self) -> None:
        """Ends what runs, so that each end is stored, and closes the connections."""
        workers = [worker for worker in self.workers if worker.group == "turns"]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
        await self.workshop.gateway.close()
        self.cache.close()
        if self.library is not None:
            await asyncio.to_thread(self.library.close)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A turn that ended by an error nobody foresaw is written down and told."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            self.unforeseen(error)

    def running_turn(self) -> Turn | None:
        """The newest turn that this screen is running, on the current branch if there is one."""
        if self.session is None:
            return None
        running = [turn for turn in self.session.running() if turn.id in self._workers]
        chosen = [turn for turn in running if turn.id in self.conversation.branch] or running
        sent = [turn for turn in chosen if turn.status is Status.RUNNING]
        best = sent or chosen
        return best[-1] if best else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc cancels only while something runs; otherwise it moves between the two places."""
        if action == "cancel":
            return self.running_turn() is not None and not self.prompt.area.completing
        return True

    def action_cancel(self) -> None:
        """Cancels the running turn; its prompt comes back to the box if that is empty."""
        turn = self.running_turn()
        if turn is None:
            return
        self._workers[turn.id].cancel()
        if not self.prompt.text:
            self.prompt.put(turn.prompt)
