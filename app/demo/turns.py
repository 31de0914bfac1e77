"""One turn of the demo studio: an order, and the picture it may change, become the API's events."""

import asyncio
import re
import struct
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from io import BytesIO
from secrets import token_hex

from PIL import Image, ImageOps

from app.demo import painter
from app.demo.orders import ApiError, Json, Order, api, legal_size
from app.demo.scene import Scene, blank, change, describe, imagine

QUESTION = re.compile(r"(?!(can|could|would|will) you\b).*\?", re.IGNORECASE | re.DOTALL)
UNREADABLE = (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError)
CALL = "image_generation_call"
Events = AsyncIterator[tuple[str, Json]]


class Turn:
    """A turn: its `response`, and the `picture` it leaves behind. `target` is the last one before
    (or empty), `delay` the least time it takes in seconds. Slow to make; raises ApiError."""

    def __init__(self, order: Order, target: bytes, delay: float) -> None:
        self.picture = order.images[0] if order.images else target
        self.streamed = bool(order.body.get("stream"))
        echo = {name: order.body.get(name, usual) for name, usual in api()["echoed"].items()}
        self.response = api()["response"] | echo | {"tools": [order.tool] if order.tool else []}
        self.response |= {"id": f"resp_{token_hex(24)}", "created_at": int(time.time())}
        self._delay, self._tool = delay, order.tool or {}
        self._scene: Scene | None = None
        self._base: Image.Image | None = None
        self._mask: Image.Image | None = None
        if order.tool and (order.forced or not QUESTION.fullmatch(order.prompt)):
            self._prepare(order.prompt, order.mask)

    def _prepare(self, prompt: str, mask: bytes) -> None:
        """Decide what to paint: a scene, over `_base` if any, which stays under an opaque mask."""
        action, target, like = self._tool["action"], self.picture, "1024x1024"
        if re.search(r"\bforbidden\b", prompt.lower()):
            raise ApiError("forbidden")
        if action == "edit" and not target:
            raise ApiError("edit")
        if action == "generate" or not target:
            self._action, self._scene = "generate", imagine(prompt)
        else:
            before, scene = _opened(target), painter.scene_in(target) or blank()
            self._mask = _opened(mask).getchannel("A") if mask else None
            if self._mask and self._mask.size != before.size:
                raise ApiError("mask")
            self._base = before if mask or scene == blank() else None
            self._action, self._scene = "edit", change(blank() if mask else scene, prompt)
            like = f"{before.width}x{before.height}"
            if not legal_size(like):
                shape = min(2.9, max(0.35, before.width / before.height))
                edges = (1_100_000 * shape) ** 0.5, (1_100_000 / shape) ** 0.5
                like = "x".join(str(round(edge / 16) * 16) for edge in edges)
        self._size = self._tool["size"].replace("auto", like)

    async def events(self) -> Events:
        """Every event of the stream in the API's order; afterwards `response` is complete."""
        yield "created", {"response": {**self.response}}
        yield "in_progress", {"response": {**self.response}}
        if self._scene:
            async for event in self._paint(self._scene, self._tool):
                yield event
        async for event in self._say("" if self._scene else api()["greeting"]):
            yield event
        self.response |= {"status": "completed", "completed_at": int(time.time())}
        self.response["usage"] = api()["usage"]
        yield "completed", {"response": self.response}

    async def _paint(self, scene: Scene, tool: Json) -> Events:
        used = {name: tool[name].replace("auto", usual) for name, usual in api()["decided"].items()}
        used |= {"output_format": tool["output_format"], "size": self._size}
        item: Json = {"id": f"ig_{token_hex(24)}", "type": CALL, "status": "in_progress"}
        here = {"output_index": 0, "item_id": item["id"]}
        yield "output_item.added", {"output_index": 0, "item": item}
        yield f"{CALL}.in_progress", here
        yield f"{CALL}.generating", here
        image = await asyncio.to_thread(self._painted, scene, used)
        partials = tool["partial_images"] if self.streamed else 0
        for index in range(partials):
            await asyncio.sleep(self._delay / (partials + 1))
            sketch = await asyncio.to_thread(painter.preview, image, index, partials)
            data = await asyncio.to_thread(self._encoded, sketch, scene)
            shown = {"partial_image_index": index, "partial_image_b64": b64encode(data).decode()}
            yield f"{CALL}.partial_image", here | shown | used
        await asyncio.sleep(self._delay / (partials + 1))
        self.picture = await asyncio.to_thread(self._encoded, image, scene)
        yield f"{CALL}.completed", here
        item = item | used | {"status": "completed", "action": self._action}
        item |= {"result": b64encode(self.picture).decode(), "revised_prompt": describe(scene)}
        yield "output_item.done", {"output_index": 0, "item": item}
        self.response |= {"output": [item], "tool_usage": api()["tool_usage"][used["quality"]]}

    async def _say(self, text: str) -> Events:
        item: Json = {"id": f"msg_{token_hex(24)}", "type": "message", "role": "assistant"}
        place = {"output_index": len(self.response["output"])}
        here = place | {"item_id": item["id"], "content_index": 0}
        part = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
        yield "output_item.added", place | {"item": item | {"status": "in_progress", "content": []}}
        yield "content_part.added", here | {"part": part | {"text": ""}}
        for word in re.findall(r"\S+\s*", text):
            await asyncio.sleep(self._delay / text.count(" "))
            yield "output_text.delta", here | {"delta": word, "logprobs": []}
        yield "output_text.done", here | {"text": text, "logprobs": []}
        yield "content_part.done", here | {"part": part}
        item |= {"status": "completed", "content": [part]}
        yield "output_item.done", place | {"item": item}
        self.response["output"] = [*self.response["output"], item]

    def _painted(self, scene: Scene, used: Json) -> Image.Image:
        width, height = map(int, self._size.split("x"))
        look = {"quality": used["quality"], "transparent": used["background"] == "transparent"}
        image = painter.paint(scene, (width, height), base=self._base, **look)
        if self._base and self._mask:
            before = self._base.resize(image.size).convert(image.mode)
            image = Image.composite(before, image, self._mask.resize(image.size))
        return image

    def _encoded(self, image: Image.Image, scene: Scene) -> bytes:
        # Words alone no longer make a picture with a base: the next edit starts from its pixels.
        scene, tool = blank() if self._base else scene, self._tool
        form, compression = tool["output_format"], tool["output_compression"]
        return painter.encode(image, scene, format=form, compression=compression)


def _opened(data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF"))
        if image.width * image.height > 50_000_000:
            raise ApiError("large")
        return ImageOps.exif_transpose(image).convert("RGBA")
    except UNREADABLE:
        raise ApiError("file") from None
