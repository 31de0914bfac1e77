"""Rate limits with their wait, against quotas for which waiting does not help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.domain.errors import (
    QuotaSpent,
    RateLimited,
)
from tests.api.conftest import Talk
from tests.fakes import json_error


@pytest.mark.parametrize(
    ("message", "headers", "wait"),
    [
        ("Slow down.", {"retry-after": "7"}, 7.0),
        ("Slow down.", {"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ("Rate limit reached. Please try again in 12.3s. See the docs.", {}, 12.3),
        ("Please try again in 1m30s.", {}, 90.0),
        ("Please try again in 350ms.", {}, 0.35),
        ("Please try again in 20 seconds.", {}, 20.0),
        ("Slow down.", {"retry-after": "nan"}, None),
        ("Slow down.", {"retry-after": "-5"}, None),
        ("Slow down.", {}, None),
    ],
)
async def test_a_rate_limit_with_its_wait(
    talk: Talk, message: str, headers: dict[str, str], wait: float | None
) -> None:
    answer = json_error(429, message, code="rate_limit_exceeded", kind="requests", headers=headers)
    error = await talk.refused(answer)
    assert isinstance(error, RateLimited)
    assert error.wait == (pytest.approx(wait) if wait is not None else None)


async def test_a_rate_limit_until_a_date(talk: Talk) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    error = await talk.refused(json_error(429, "Slow down.", headers={"retry-after": date}))
    assert isinstance(error, RateLimited)
    assert error.wait == pytest.approx(60, abs=5)


@pytest.mark.parametrize(
    "code", ["insufficient_quota", "billing_hard_limit_reached", "project_spend_limit_exceeded"]
)
async def test_a_spent_quota_is_not_a_rate_limit(talk: Talk, code: str) -> None:
    answer = json_error(429, "No more.", code=code, headers={"retry-after": "1"})
    assert type(await talk.refused(answer)) is QuotaSpent
