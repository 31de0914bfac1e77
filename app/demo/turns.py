"""One turn of the demo studio: an order, and the picture it may change, become the API's events."""

import asyncio
import re
import struct
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count

from PIL import Image, ImageOps

from app.demo import painter, wire
from app.demo.orders import Order
from app.demo.scene import Scene, blank, change, describe, imagine
from app.demo.tools import nearest_size
from app.demo.wire import ApiError, Json, invalid

QUESTION = re.compile(r"(what|why|how|who|when|where|which)\b.*|.*\?\s*", re.IGNORECASE | re.DOTALL)
REQUEST = re.compile(r"(can|could|would|will) you\b", re.IGNORECASE)
MOST_INPUT_PIXELS = 50_000_000
TOO_MANY_PIXELS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
UNREADABLE = (OSError, ValueError, SyntaxError, struct.error)


@dataclass(frozen=True)
class Plan:
    """What to paint. `base` is a photograph to paint over; `before` and `mask` keep the old
    picture wherever the mask is opaque."""

    scene: Scene
    size: tuple[int, int]
    action: str
    base: Image.Image | None = None
    before: Image.Image | None = None
    mask: Image.Image | None = None


def plan(order: Order, target: bytes | None) -> Plan | None:
    """What the order asks to be painted, None for words only; raises ApiError. Slow: decodes."""
    pictures = [_opened(data, number) for number, data in enumerate(order.images, 1)]
    asked = QUESTION.fullmatch(order.prompt) and not REQUEST.match(order.prompt)
    if order.tool is None or (asked and not order.forced):
        return None
    if re.search(r"\bforbidden\b", order.prompt, re.IGNORECASE):
        raise ApiError(
            "Your request was rejected by the safety system.",
            code="moderation_blocked",
            kind="image_generation_user_error",
            moderation_details={"moderation_stage": "input", "categories": ["demo"]},
        )
    size = order.tool["size"]
    exact = None if size == "auto" else (int(size.split("x")[0]), int(size.split("x")[1]))
    if order.tool["action"] == "generate" or (order.tool["action"] == "auto" and target is None):
        return Plan(imagine(order.prompt), exact or (1024, 1024), "generate")
    if target is None:
        message = "Action 'edit' needs an image in the input or in the conversation."
        raise invalid("tools[0].action", message)
    before = _upright(pictures[0] if pictures else _opened(target, 1))
    scene, base = painter.scene_in(target), None
    if scene is None or scene == blank():
        scene, base = blank(), before
    mask = None if order.mask is None else _mask(order.mask, before.size)
    size = exact or nearest_size(*before.size)
    return Plan(change(scene, order.prompt), size, "edit", base, before, mask)


def _opened(data: bytes, number: int) -> Image.Image:
    """An input picture, not decoded yet."""
    try:
        image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF"))
        if image.width * image.height > MOST_INPUT_PIXELS:
            raise Image.DecompressionBombError
    except TOO_MANY_PIXELS:
        message = f"Image {number} has more than {MOST_INPUT_PIXELS:,} pixels."
        raise invalid("input", message, "image_too_large") from None
    except UNREADABLE:
        message = f"Invalid image file or mode for image {number}."
        raise invalid("input", message, "invalid_image_file") from None
    return image


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image).convert("RGBA")
    except UNREADABLE:
        raise invalid("input", "The image is damaged.", "image_parse_error") from None


def _mask(data: bytes, size: tuple[int, int]) -> Image.Image:
    """The mask's alpha channel: 0 where the picture may change."""
    mask, where = _opened(data, 1), "tools[0].input_image_mask"
    if mask.size != size:
        raise invalid(where, "The mask and the image must have the same size.")
    if "A" not in mask.getbands() and "transparency" not in mask.info:
        raise invalid(where, "The mask has no alpha channel.")
    return _upright(mask).getchannel("A")


class Turn:
    """A turn under way: its response object, the picture it leaves behind, and its events.

    `delay` is the time in seconds that it takes at least, spread over what a person sees.
    """

    def __init__(self, order: Order, target: bytes | None, delay: float) -> None:
        self.plan = plan(order, target)
        self.picture = target
        self.response = wire.response(order.body, order.tool)
        self._order = order
        self._delay = delay
        self._numbers = count()

    async def events(self) -> AsyncIterator[Json]:
        """Every event of the stream in the API's order; afterwards `response` is complete."""
        response, order = self.response, self._order
        response["status"] = "in_progress"
        yield self._event("response.created", response={**response})
        yield self._event("response.in_progress", response={**response})
        text = "" if self.plan else await asyncio.to_thread(_answer, self.picture)
        if self.plan:
            async for event in self._paint(self.plan):
                yield event
        async for event in self._say(text):
            yield event
        response["usage"] = wire.usage(order.prompt, len(order.images), text)
        response.update(status="completed", completed_at=int(time.time()))
        yield self._event("response.completed", response={**response})

    def _event(self, kind: str, **fields: object) -> Json:
        return {"type": kind, "sequence_number": next(self._numbers), **fields}

    async def _paint(self, plan: Plan) -> AsyncIterator[Json]:
        tool = self._order.tool or {}
        item: Json = {"id": wire.new_id("ig"), "type": "image_generation_call"}
        item["status"] = "in_progress"
        place, call = {"output_index": 0}, "response.image_generation_call"
        here, used = {**place, "item_id": item["id"]}, _used(plan, tool)
        yield self._event("response.output_item.added", **place, item=item)
        yield self._event(f"{call}.in_progress", **here)
        yield self._event(f"{call}.generating", **here)
        image = await asyncio.to_thread(_painted, plan, used)
        partials = tool["partial_images"] if self._order.body.get("stream") else 0
        for index in range(partials):
            await asyncio.sleep(self._delay / (partials + 1))
            data = await asyncio.to_thread(_sketched, image, plan, tool, index, partials)
            shown = {"partial_image_index": index, "partial_image_b64": b64encode(data).decode()}
            yield self._event(f"{call}.partial_image", **here, **shown, **used)
        await asyncio.sleep(self._delay / (partials + 1))
        self.picture = data = await asyncio.to_thread(_encoded, image, plan, tool)
        yield self._event(f"{call}.completed", **here)
        done = {**item, "status": "completed", "result": b64encode(data).decode(), **used}
        done |= {"action": plan.action, "revised_prompt": describe(plan.scene)}
        yield self._event("response.output_item.done", **place, item=done)
        self.response["output"] = [done]
        prompt, seen = self._order.prompt, len(self._order.images) or int(plan.action == "edit")
        spent = wire.image_usage(prompt, seen, plan.size, used["quality"], partials)
        self.response["tool_usage"] = spent

    async def _say(self, text: str) -> AsyncIterator[Json]:
        item: Json = {"id": wire.new_id("msg"), "type": "message", "status": "in_progress"}
        item |= {"role": "assistant", "content": []}
        place = {"output_index": len(self.response["output"])}
        here = {**place, "item_id": item["id"], "content_index": 0}
        yield self._event("response.output_item.added", **place, item=item)
        yield self._event("response.content_part.added", **here, part=wire.text_part(""))
        words = re.findall(r"\S+\s*", text)
        for word in words:
            await asyncio.sleep(self._delay / len(words))
            yield self._event("response.output_text.delta", **here, delta=word, logprobs=[])
        yield self._event("response.output_text.done", **here, text=text, logprobs=[])
        part = wire.text_part(text)
        yield self._event("response.content_part.done", **here, part=part)
        done = {**item, "status": "completed", "content": [part]}
        yield self._event("response.output_item.done", **place, item=done)
        self.response["output"] = [*self.response["output"], done]


def _used(plan: Plan, tool: Json) -> Json:
    """The settings of the finished picture: whatever was left to the model is decided here."""
    auto = {"quality": "medium", "background": "opaque"}
    used = {name: auto[name] if tool[name] == "auto" else tool[name] for name in auto}
    size = f"{plan.size[0]}x{plan.size[1]}"
    return {**used, "size": size, "output_format": tool["output_format"]}


def _painted(plan: Plan, used: Json) -> Image.Image:
    clear = used["background"] == "transparent"
    image = painter.paint(
        plan.scene, plan.size, quality=used["quality"], transparent=clear, base=plan.base
    )
    if plan.before is None or plan.mask is None:
        return image
    before = plan.before.resize(plan.size).convert(image.mode)
    return Image.composite(before, image, plan.mask.resize(plan.size))


def _sketched(image: Image.Image, plan: Plan, tool: Json, index: int, partials: int) -> bytes:
    return _encoded(painter.preview(image, index, partials), plan, tool)


def _encoded(image: Image.Image, plan: Plan, tool: Json) -> bytes:
    # Words alone no longer make a picture that holds a photograph or old pixels: its next edit
    # must start from what it shows.
    scene = blank() if plan.base or plan.mask else plan.scene
    form, compression = tool["output_format"], tool["output_compression"]
    return painter.encode(image, scene, format=form, compression=compression)


def _answer(picture: bytes | None) -> str:
    scene = None if picture is None else painter.scene_in(picture)
    shown = f"The last picture shows this: {describe(scene)} " if scene else ""
    return (
        "This is the demo studio: I paint from words, and that is all I can do. "
        f"{shown}Describe a picture, or a change to the last one, and I will paint it."
    )
