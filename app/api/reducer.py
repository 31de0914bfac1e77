"""The API's events, reduced to ours. Pure: no network, and no judgement but by type and content.

The server's events are plain mappings, told apart by their ``type`` alone. A picture counts when it
has bytes, whatever its status says; whatever comes twice counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.api.complaints import Asked, read
from app.api.fields import (
    count_of,
    fingerprint,
    mapping_of,
    part_of,
    picture_of,
    place_of,
    text_of,
    usage_of,
)
from app.api.names import EVENT_STAGES, FACTS, IMAGE_CALL, ITEM_STAGES
from app.api.rules import explain
from app.domain.errors import ApiError, BrokenAnswer, Moderated, ServerTrouble
from app.domain.generation import (
    CallFailed,
    Final,
    Finished,
    GenerationEvent,
    Partial,
    Said,
    Stage,
    Started,
)


class Reducer:
    """The state of one response. ``feed`` it each event in order until it has ``ended``."""

    def __init__(self, asked: Asked) -> None:
        self.ended = False
        """Whether the response has come to an end, good or bad."""
        self.error: ApiError | None = None
        """Why it failed; set together with ``ended``."""
        self._asked = asked
        self._response_id: str | None = None
        self._model: str | None = None
        self._stage = ""
        self._settled: set[str] = set()
        self._results: set[bytes] = set()
        self._pictures = 0
        self._heard: dict[tuple[str, int], str] = {}

    def feed(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        """What ``event`` means: any number of our events. Never raises for odd content."""
        name = text_of(event.get("type")) or ""
        found: list[GenerationEvent] = list(self._begun(mapping_of(event.get("response"))))
        found += self._stage_of(EVENT_STAGES.get(name))
        handler = HANDLERS.get(name)
        if handler and not self.ended:
            found += handler(self, event)
        return found

    def whole(self, body: object) -> list[GenerationEvent]:
        """The events of a response that came in one piece, from a server that does not stream."""
        response = mapping_of(body)
        status = text_of(response.get("status"))
        if response.get("error") and not status:
            return self._fail(explain(read(response, self._asked), self._asked))
        if not status or not isinstance(response.get("output"), list):
            return self._fail(BrokenAnswer("The server sent JSON that is not a response."))
        if f"response.{status}" not in ENDINGS:
            return self._fail(BrokenAnswer(f"The server sent a response that is only {status!r}."))
        return self.feed({"type": f"response.{status}", "response": response})

    def _begun(self, response: Mapping[str, Any]) -> Iterable[GenerationEvent]:
        self._model = text_of(response.get("model")) or self._model
        response_id = text_of(response.get("id"))
        if response_id and self._response_id is None:
            self._response_id = response_id
            yield Started(response_id)

    def _stage_of(self, stage: str | None) -> list[GenerationEvent]:
        if stage is None or stage == self._stage:
            return []
        self._stage = stage
        return [Stage(stage)]

    def _fail(self, error: ApiError) -> list[GenerationEvent]:
        self.error, self.ended = error, True
        return []

    def _added(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        kind = text_of(mapping_of(event.get("item")).get("type")) or ""
        return self._stage_of(ITEM_STAGES.get(kind))

    def _partial(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        data = picture_of(event.get("partial_image_b64"))
        call = text_of(event.get("item_id")) or place_of(event.get("output_index"))
        if not data or call in self._settled:
            return []
        return [Partial(call, count_of(event.get("partial_image_index")), data)]

    def _delta(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        text = text_of(event.get("delta"))
        if not text:
            return []
        key = part_of(event)
        self._heard[key] = self._heard.get(key, "") + text
        return [*self._stage_of("writing"), Said(text)]

    def _text_done(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        return self._rest(part_of(event), text_of(event.get("text")))

    def _rest(self, key: tuple[str, int], text: str | None) -> list[GenerationEvent]:
        """What was not yet heard of a text that is now there as a whole."""
        heard = self._heard.get(key, "")
        if not text or not text.startswith(heard) or text in self._heard.values():
            return []
        self._heard[key] = text
        return [Said(text[len(heard) :])]

    def _item_done(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        return self._item(mapping_of(event.get("item")), event.get("output_index"))

    def _item(self, item: Mapping[str, Any], place: object) -> list[GenerationEvent]:
        """A finished item, from its own event or from the list in the finished response."""
        key = text_of(item.get("id")) or place_of(place)
        if item.get("type") == IMAGE_CALL:
            return self._picture(item, key)
        if item.get("type") != "message":
            return []
        parts = item.get("content")
        return [
            said
            for index, part in enumerate(parts if isinstance(parts, list) else ())
            if (content := mapping_of(part)).get("type") in ("output_text", "refusal")
            for said in self._rest(
                (key, index), text_of(content.get("text")) or text_of(content.get("refusal"))
            )
        ]

    def _picture(self, item: Mapping[str, Any], call: str) -> list[GenerationEvent]:
        result = item.get("result")
        if call in self._settled:
            return []
        if not result:
            if not item.get("error") and item.get("status") != "failed":
                return []
            self._settled.add(call)
            return [CallFailed(call, self._explained(item.get("error"), "The picture failed"))]
        self._settled.add(call)
        data = picture_of(result)
        if data is None:
            return [CallFailed(call, BrokenAnswer("The picture arrived damaged."))]
        self._pictures += 1
        self._results.add(fingerprint(result))
        facts = {name: text_of(item.get(name)) for name in FACTS}
        return [Final(call, data, format=text_of(item.get("output_format")), **facts)]

    def _explained(self, error: object, otherwise: str) -> ApiError:
        if isinstance(error, Mapping) and error:
            return explain(read(error, self._asked), self._asked)
        return ServerTrouble(f"{otherwise}, and the server gave no reason.")

    def _missed(self, response: Mapping[str, Any]) -> list[GenerationEvent]:
        """What of the finished response's list of items did not come by itself before.

        Some servers change the ids of items here, so a picture already taken is also known by
        its content.
        """
        items = response.get("output")
        return [
            found
            for place, entry in enumerate(items if isinstance(items, list) else ())
            if not self._taken(item := mapping_of(entry))
            for found in self._item(item, place)
        ]

    def _taken(self, item: Mapping[str, Any]) -> bool:
        result = item.get("result")
        return isinstance(result, str | bytes) and fingerprint(result) in self._results

    def _completed(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        response = mapping_of(event.get("response"))
        found = self._missed(response)
        self.ended = True
        return [*found, self._finished(response)]

    def _incomplete(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        response = mapping_of(event.get("response"))
        found = self._missed(response)
        reason = text_of(mapping_of(response.get("incomplete_details")).get("reason")) or "unknown"
        if reason == "content_filter" and not self._pictures:
            self._fail(Moderated("The content filter stopped the answer before a picture came."))
            return found
        self.ended = True
        return [*found, self._finished(response, reason)]

    def _failed(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        response = mapping_of(event.get("response"))
        found = self._missed(response)
        self._fail(self._explained(response.get("error"), "The response failed"))
        return found

    def _cancelled(self, _event: Mapping[str, Any]) -> list[GenerationEvent]:
        return self._fail(BrokenAnswer("The server cancelled the response."))

    def _error(self, event: Mapping[str, Any]) -> list[GenerationEvent]:
        """An error frame with its fields beside the type, which is then no type of error."""
        fields = {key: value for key, value in event.items() if key != "type"}
        return self._fail(explain(read(fields, self._asked), self._asked))

    def _finished(self, response: Mapping[str, Any], incomplete: str | None = None) -> Finished:
        response_id = text_of(response.get("id")) or self._response_id
        return Finished(response_id, usage_of(response), self._model, incomplete)


Handler = Callable[[Reducer, Mapping[str, Any]], list[GenerationEvent]]

HANDLERS: Mapping[str, Handler] = {
    "response.output_item.added": Reducer._added,
    f"response.{IMAGE_CALL}.partial_image": Reducer._partial,
    "response.output_text.delta": Reducer._delta,
    "response.output_text.done": Reducer._text_done,
    "response.refusal.delta": Reducer._delta,
    "response.output_item.done": Reducer._item_done,
    "response.completed": Reducer._completed,
    "response.incomplete": Reducer._incomplete,
    "response.failed": Reducer._failed,
    "response.cancelled": Reducer._cancelled,
    "error": Reducer._error,
}
"""By the event's type; whatever is not listed is passed over."""
ENDINGS = frozenset(
    {"response.completed", "response.incomplete", "response.failed", "response.cancelled"}
)
