"""The main screen's verbs on the selected turn: edit from it, retry, copy, save, open, delete."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual import work

from app.domain.conversation import Picture, Status, Turn
from app.domain.errors import DiskTrouble, Refused
from app.domain.options import Action
from app.ui.screens.studio_base import StudioBase, told


class TurnActions(StudioBase):
    """What single keys in the transcript do."""

    def selected(self) -> Turn:
        """The selected turn. Raises Refused in an empty conversation."""
        turn = self.transcript.selected_turn
        if turn is None:
            raise Refused("There is no turn here yet.", hint="Send a prompt first.")
        return turn

    def selected_picture(self) -> Picture:
        """The last picture of the selected turn. Raises Refused when it has none."""
        pictures = self.selected().pictures
        if not pictures:
            raise Refused("This turn has no picture.", hint="Select one that has.")
        return pictures[-1]

    @told
    def action_edit_from(self) -> None:
        """The selected turn becomes the parent of the next prompt, with action edit."""
        turn = self.selected()
        if self.conversation.picture_above(turn.id) is None:
            raise Refused("There is no picture here to edit.", hint="Select a turn that has one.")
        self.fork = turn.id if turn.id != self.conversation.head else None
        self.set_action(Action.EDIT)
        self.prompt.area.focus()

    @told
    def action_retry(self) -> None:
        """Sends the selected turn again, as a sibling; after a failure with the options of now,
        since one of them may have been what failed."""
        turn = self.selected()
        if self.session is None:
            return
        if turn.status.open:
            raise Refused("This turn is still running.", hint="Esc cancels it.")
        failed = turn.status is Status.FAILED
        options = replace(self.options, action=turn.options.action) if failed else None
        self.follow(self.session.retry(turn.id, options))

    @told
    async def action_sibling(self, step: int) -> None:
        """Shows the branch of the previous or next sibling."""
        if self.session is None:
            return
        turn = self.selected()
        family = [sibling.id for sibling in self.conversation.siblings(turn.id)]
        at = min(max(family.index(turn.id) + step, 0), len(family) - 1)
        await self.session.step_sibling(turn.id, step)
        self.publish()
        self.transcript.select(family[at])

    @told
    def action_copy_revised(self) -> None:
        """Copies the prompt that was really used."""
        text = self.selected_picture().revised_prompt
        if not text:
            raise Refused("This picture came without a revised prompt.", hint="p copies its path.")
        self.app.copy_to_clipboard(text)
        self.say("Copied the revised prompt.")

    @told
    def action_copy_path(self) -> None:
        """Copies the path of the picture's file."""
        path = str(self.selected_picture().path)
        self.app.copy_to_clipboard(path)
        self.say(path, title="Copied the path")

    @told
    def action_save_copy(self) -> None:
        """Asks where to, and writes a byte-identical copy there."""
        from app.ui.words import home_path

        source = self.selected_picture().path
        self._ask_where(source, home_path(Path.cwd() / source.name))

    def _ask_where(self, source: Path, offered: str) -> None:
        from app.ui.screens.dialogs import Ask

        self.app.push_screen(Ask("Save a copy as", offered), partial(self._save, source))

    @told
    async def _save(self, source: Path, answer: str | None) -> None:
        from app.session.paths import read_path
        from app.storage.copies import copy_file

        if not answer:
            return
        try:
            saved = await asyncio.to_thread(copy_file, source, read_path(answer))
        except DiskTrouble as error:
            self.tell(error)
            self._ask_where(source, answer)
        else:
            self.say(str(saved), title="Saved")

    @told
    def action_open_outside(self) -> None:
        """Opens the picture in the program that the system has for it."""
        path = self.selected_picture().path
        self._open_outside(path)

    @work(group="outside")
    @told
    async def _open_outside(self, path: Path) -> None:
        from app.ui.outside import open_file

        await open_file(path)

    @told
    async def action_favourite(self) -> None:
        """Marks the picture as a favourite, or takes the mark off."""
        if self.session is not None:
            await self.session.favourite(self.selected().id)
            self.publish()

    @told
    async def action_delete(self) -> None:
        """Moves the turn, and what was made from it, to the trash."""
        if self.session is None:
            return
        turn = self.selected()
        count = sum(1 for _ in self.conversation.below(turn.id))
        await self.session.delete(turn.id)
        self.fork = None
        self.publish()
        what = "The turn" if count == 1 else f"{count} turns"
        self.say(f"{what} moved to the trash. z brings it back.")

    @told
    async def action_undo_delete(self) -> None:
        """Brings back what was deleted last."""
        if self.session is not None:
            await self.session.undo_delete()
            self.publish()

    @told
    def action_take_back(self) -> None:
        """Takes a queued prompt back into the box."""
        if self.session is None:
            return
        turn = self.session.take_back(self.selected().id)
        if not self.prompt.text:
            self.prompt.put(turn.prompt)
        self.options = turn.options
        self.publish()
        self.prompt.area.focus()
