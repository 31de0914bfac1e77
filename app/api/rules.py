"""Which of our errors a server's complaint becomes: a table of marks, the first that fits wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass

from app.api import failures
from app.api.complaints import Asked, Complaint
from app.domain.errors import ApiError

REQUEST_CODES = frozenset(
    {
        "invalid_request_error",
        "image_generation_user_error",
        "invalid_prompt",
        "invalid_value",
        "unknown_parameter",
        "context_length_exceeded",
        "invalid_image",
        "invalid_image_file",
        "invalid_image_format",
        "invalid_image_mode",
        "invalid_image_url",
        "invalid_base64_image",
        "image_too_large",
        "image_too_small",
        "image_parse_error",
        "image_file_too_large",
        "image_file_not_found",
        "unsupported_image_media_type",
        "empty_image_file",
        "failed_to_download_image",
    }
)
"""Codes that mean a fault of the request even where no status says so, as inside a stream."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits when any of its marks is found in a complaint."""

    build: Callable[[Complaint, Asked], ApiError]
    codes: Container[str] = ()
    """Values of ``code`` or ``type``, in lower case."""
    statuses: Container[int | None] = ()
    params: Container[str] = ()
    words: str = r"(?!)"
    """A pattern for the message; case does not matter."""
    detailed: bool = False
    """Whether moderation details are a mark by themselves."""

    def fits(self, complaint: Complaint) -> bool:
        """Whether ``complaint`` carries one of the marks."""
        return (
            complaint.code in self.codes
            or complaint.kind in self.codes
            or complaint.status in self.statuses
            or complaint.param in self.params
            or re.search(self.words, complaint.message, re.IGNORECASE) is not None
            or (self.detailed and bool(complaint.stage or complaint.categories))
        )


RULES: tuple[Rule, ...] = (
    Rule(
        failures.moderated,
        codes={
            "moderation_blocked",
            "content_policy_violation",
            "image_content_policy_violation",
            "content_filter",
        },
        words=r"safety system|content management policy|flagged as potentially violating",
        detailed=True,
    ),
    Rule(failures.unstored, params={"store"}, words=r"\bstore\b.{0,20}\bmust be\b.{0,20}\bfalse"),
    Rule(
        failures.lost,
        codes={"previous_response_not_found"},
        params={"previous_response_id"},
        words=r"\b(response|item) with id .*not found|items are not persisted"
        r"|\bprevious_response_id\b",
    ),
    Rule(
        failures.spent,
        codes={
            "insufficient_quota",
            "billing_hard_limit_reached",
            "project_spend_limit_exceeded",
            "billing_not_active",
        },
        statuses={402},
        words=r"exceeded your current quota|billing hard limit|spend limit",
    ),
    Rule(failures.unverified, words=r"organization must be verified|verify organization"),
    Rule(failures.key, codes={"invalid_api_key"}, statuses={401}),
    Rule(
        failures.model,
        codes={"model_not_found", "deploymentnotfound"},
        words=r"\bmodel\b.{1,200}does not exist",
    ),
    Rule(failures.no_image_tool, words=r"hosted tool .{0,40}is not supported"),
    Rule(failures.forbidden, statuses={403}),
    Rule(failures.limited, codes={"rate_limit_exceeded", "rate_limit_error"}, statuses={429}),
    Rule(failures.not_there, statuses={404, 405}),
    Rule(failures.slow, statuses={408}),
    Rule(failures.redirected, statuses=range(300, 400)),
    Rule(failures.too_large, statuses={413}),
    Rule(failures.refused, statuses=range(400, 500)),
    Rule(failures.trouble, codes={"server_error"}, statuses=range(500, 600)),
    Rule(failures.refused, codes=REQUEST_CODES),
)


def explain(complaint: Complaint, asked: Asked) -> ApiError:
    """Our error for what the server said, by the first rule that fits."""
    for rule in RULES:
        if rule.fits(complaint):
            return rule.build(complaint, asked)
    return failures.trouble(complaint, asked)
