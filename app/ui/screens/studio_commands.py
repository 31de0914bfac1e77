"""The main screen's commands: slash commands, options, attachments, conversations, help."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.conversation import Conversation
from app.domain.errors import BadInput, Refused, SfumatoError
from app.domain.options import Options, with_value
from app.ui.screens.studio_base import StudioBase, told
from app.ui.widgets.prompt_area import PromptArea

if TYPE_CHECKING:
    from app.session.commands import Command, ParsedCommand
    from app.storage.rows import ConversationSummary
    from app.ui.workshop import Workshop


class CommandActions(StudioBase):
    """Commands, from slash or key."""

    def __init__(self, workshop: Workshop) -> None:
        super().__init__(workshop)
        self._trashed: list[ConversationSummary] = []
        """Conversations moved to the trash from here, the last of them at the end."""

    async def run_command(self, text: str) -> bool:
        """Carries out a slash command, or attaches typed paths; False when ``text`` is a prompt.

        A refused command goes back to the box with the reason on screen.
        """
        from app.imaging.inputs import paths_in_paste
        from app.session.commands import parse

        try:
            command = parse(text)
            if command is not None:
                await self._run(command)
                return True
        except SfumatoError as error:
            self.tell(error)
            self.give_back(text)
            return True
        paths = await asyncio.to_thread(paths_in_paste, text)
        if paths:
            await self.attach(paths)
        return bool(paths)

    async def start_command(self, command: Command) -> None:
        """From the palette: runs a command, or types it for the person to complete."""
        if command.argument:
            self.prompt.put(f"/{command.name} ")
            self.prompt.area.focus()
        else:
            await self.run_command(f"/{command.name}")

    async def _run(self, command: ParsedCommand) -> None:
        """Carries out one command. Raises SfumatoError with the reason when it cannot."""
        name, argument = command.command.name, command.argument
        match command.command.verb:
            case "option":
                self.options = with_value(self.options, name, argument)
            case "attach":
                await self._take_pictures([Path(argument)])
            case "detach":
                self.attachments, self.mask = (), None
            case "mask":
                await self._mask(Path(argument))
            case "retry":
                self._retry_last()
            case "new":
                self.action_new_conversation()
            case "export":
                await self._export(Path(argument))
            case _:
                await self.run_action("screen.help")

    @told
    async def attach(self, paths: Sequence[Path]) -> None:
        """Checks pictures and adds them to the next prompt, in order."""
        await self._take_pictures(paths)

    async def _take_pictures(self, paths: Sequence[Path]) -> None:
        """Does so, and raises BadInput for the first that cannot be used."""
        from app.imaging.inputs import MAX_INPUTS, check_file

        for path in paths:
            if len(self.attachments) >= MAX_INPUTS:
                raise BadInput(
                    f"{MAX_INPUTS} pictures are attached already, the most that the API takes.",
                    hint="Take them off with /detach.",
                )
            checked = await asyncio.to_thread(check_file, path)
            self.attachments = (*self.attachments, checked)

    async def _mask(self, path: Path) -> None:
        """Checks a mask and keeps it for the next prompt. Raises BadInput."""
        from app.imaging.inputs import check_file, mask

        picture = await asyncio.to_thread(check_file, path)
        self.mask = await asyncio.to_thread(mask, picture.data, picture.name)

    async def on_prompt_area_dropped(self, message: PromptArea.Dropped) -> None:
        """Attaches pictures whose paths were pasted or dropped."""
        await self.attach(message.paths)

    async def _export(self, folder: Path) -> None:
        from app.session.export import export

        if self.library is None or not self.conversation.turns:
            raise Refused("There is nothing to export yet.", hint="Make a picture first.")
        page = await asyncio.to_thread(export, self.conversation, self.library, folder)
        self.say(str(page), title="Exported")

    def _retry_last(self) -> None:
        """Tries the last turn again, as a sibling. Raises Refused when there is none."""
        if self.session is None or self.conversation.head is None:
            raise Refused("There is nothing to try again yet.", hint="Send a prompt first.")
        self.follow(self.session.retry(self.conversation.head, self.options))

    def action_new_conversation(self) -> None:
        """Starts a new conversation; running turns of the old one go on to their end."""
        options = self.options
        self.open_conversation(Conversation())
        self.options = options
        self.prompt.area.focus()

    async def action_quit(self) -> None:
        """Quits; asks once while a turn runs."""
        await self.app.action_quit()

    def action_help(self) -> None:
        """Every key and command on one page."""
        from app.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_options(self) -> None:
        """The option panel; what it answers holds from the next prompt on."""
        from app.ui.screens.options import OptionsScreen

        self.app.push_screen(OptionsScreen(self.options), self._take_options)

    def _take_options(self, options: Options | None) -> None:
        if options is not None:
            self.options = options

    def action_conversations(self) -> None:
        """All conversations: open, rename, delete."""
        if self.library is None:
            return
        from app.ui.screens.conversations import ConversationsScreen

        screen = ConversationsScreen(
            self.library, self.conversation.id, self.workshop.graphics, self.cache, self._trashed
        )
        self.app.push_screen(screen, partial(self._chosen, screen.renamed))

    @told
    async def _chosen(self, renamed: Mapping[str, str], conversation_id: str | None) -> None:
        """Opens what was chosen; a new title of the open conversation shows at once."""
        title = renamed.get(self.conversation.id)
        if title is not None and self.session is not None:
            await self.session.rename(title)
            self.publish()
        if conversation_id is not None and self.library is not None:
            self.open_conversation(await asyncio.to_thread(self.library.load, conversation_id))
