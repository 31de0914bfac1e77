"""What the SDK and the connection below it raise, turned into our errors."""

from __future__ import annotations

import ssl

from app.api.complaints import Asked, read
from app.api.failures import ADDRESS_HINT
from app.api.rules import explain
from app.domain.errors import ApiError, BrokenAnswer, TimedOut, Unreachable
from app.domain.text import one_line

SETTINGS_HINT = "Check OPENAI_API_KEY, OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS."


def translate(error: Exception, asked: Asked, *, answering: bool = False) -> ApiError:
    """Our error for one of ``foreseen()``.

    ``answering`` says that the answer had begun, so that the request has surely been sent.
    """
    import openai

    if isinstance(error, openai.APIStatusError):
        return explain(
            read(error.body, asked, status=error.status_code, headers=error.response.headers), asked
        )
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        return _disconnected(cause if isinstance(cause, Exception) else error, asked, answering)
    if isinstance(error, openai.APIError):
        return explain(read(error.body or error.message, asked), asked)
    if isinstance(error, UnicodeEncodeError):
        return unsendable()
    if isinstance(error, ValueError | RecursionError):
        return BrokenAnswer("The server sent something that cannot be read.")
    return _disconnected(error, asked, answering)


def foreseen() -> tuple[type[Exception], ...]:
    """The exceptions that sending and reading may raise.

    Beside the SDK's own: those of the connection, which it lets through while it reads the body of
    an error, and those of its parser for frames that are not JSON, not UTF-8 or nested too deeply.
    """
    import httpx2
    import openai

    return (openai.OpenAIError, httpx2.HTTPError, OSError, ValueError, RecursionError)


def unsendable() -> ApiError:
    """The error for a setting with characters that no HTTP header can carry."""
    return ApiError(
        "A setting holds characters that cannot be sent.",
        title="Setting not usable",
        hint=SETTINGS_HINT,
    )


def _disconnected(cause: Exception, asked: Asked, answering: bool) -> ApiError:
    """Our error for a failed connection; Unreachable only when surely nothing was sent."""
    import httpx2

    before_sending = (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
        httpx2.UnsupportedProtocol,
        ssl.SSLCertVerificationError,
    )
    if isinstance(cause, before_sending):
        reason = one_line(str(cause), 200)
        late = isinstance(cause, httpx2.TimeoutException)
        said = "no answer in time" if late else reason or type(cause).__name__
        return Unreachable(f"No connection to {asked.address} could be made ({said}).")
    if isinstance(cause, httpx2.TimeoutException):
        return TimedOut("The server took the request and then was silent for too long.")
    if isinstance(cause, httpx2.LocalProtocolError):
        return unsendable()
    if answering:
        return BrokenAnswer("The connection was cut before the answer was complete.")
    return BrokenAnswer(
        "The connection was cut before an answer came.",
        hint="The picture may have been made and billed. Press r to send it again.",
    )


def bad_address(address: str, reason: str) -> ApiError:
    """The error for a base URL with which nothing can be reached."""
    return ApiError(
        f"The base URL {one_line(address, 200)!r} cannot be used: {one_line(reason, 200)}.",
        title="Base URL not usable",
        hint=f"{ADDRESS_HINT} Such as https://api.openai.com/v1.",
    )
