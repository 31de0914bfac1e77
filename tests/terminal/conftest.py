"""How long the random sequences are looked for: the same few in every run, many when asked for."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("tests.terminal.sitting")

FEW = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("terminal", FEW)
settings.register_profile(
    "terminal-long",
    FEW,
    derandomize=False,
    max_examples=int(os.environ.get("TERMINAL_EXAMPLES", "500")),
    print_blob=True,
)
