"""The API's names for events, items and their fields, as far as we go by them."""

from __future__ import annotations

IMAGE_CALL = "image_generation_call"
EVENT_STAGES = {
    "response.queued": "queued",
    "response.in_progress": "thinking",
    f"response.{IMAGE_CALL}.in_progress": "drawing",
    f"response.{IMAGE_CALL}.generating": "drawing",
}
ITEM_STAGES = {"reasoning": "thinking", IMAGE_CALL: "drawing"}
FACTS = ("revised_prompt", "action", "size", "quality", "background")
HEAVY = frozenset(
    {
        f"response.{IMAGE_CALL}.partial_image",
        "response.output_item.done",
        "response.completed",
        "response.incomplete",
        "response.failed",
    }
)
"""Events that may carry pictures: reducing one can take a tenth of a second."""
