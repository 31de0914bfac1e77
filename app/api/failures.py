"""Our errors for what a server may complain about, one function each; rules.py says which fits."""

from __future__ import annotations

import re
from math import ceil

from app.api.complaints import Asked, Complaint
from app.domain.errors import (
    ApiError,
    BadRequest,
    ContextLost,
    KeyTrouble,
    Moderated,
    QuotaSpent,
    RateLimited,
    ServerTrouble,
    StoreRefused,
    TimedOut,
)
from app.domain.options import SPECS
from app.domain.text import one_line

VERIFY_HINT = (
    "Verify it at platform.openai.com/settings/organization/general. It can take up to 30 minutes "
    "to count, and sometimes needs a new key."
)
ADDRESS_HINT = "Check OPENAI_BASE_URL: it usually ends in /v1, without /responses."
COMMANDS = {spec.tool: f"/{spec.command}" for spec in SPECS if spec.tool}
REFUSED_PART = {
    "input": "the prompt or an attached picture",
    "output": "the picture that was made",
}


def _because(complaint: Complaint) -> str:
    """The end of a sentence: the server's own words, or what came in their place."""
    if complaint.message:
        return f": {complaint.message}"
    status = f" (status {complaint.status})" if complaint.status else ""
    return f", with a web page instead of a reason{status}." if complaint.page else f"{status}."


def moderated(complaint: Complaint, _asked: Asked) -> ApiError:
    """The prompt, an attachment or the result was refused."""
    part = REFUSED_PART.get(complaint.stage, "this request")
    listed = f" ({', '.join(complaint.categories)})" if complaint.categories else ""
    sentence = f"The safety system refused {part}{listed}"
    hint = "It may have been billed all the same. " if complaint.stage == "output" else ""
    hint += Moderated.hint
    return Moderated(sentence + ("." if listed else _because(complaint)), hint=hint)


def lost(complaint: Complaint, _asked: Asked) -> ApiError:
    """The parent response or one of its items is not there."""
    return ContextLost(f"The server no longer has what came before{_because(complaint)}")


def unstored(complaint: Complaint, _asked: Asked) -> ApiError:
    """The server does not keep responses."""
    return StoreRefused(f"The server does not store responses{_because(complaint)}")


def spent(complaint: Complaint, _asked: Asked) -> ApiError:
    """Waiting does not help: quota or a spend limit is used up."""
    return QuotaSpent(f"The account's quota or spend limit is used up{_because(complaint)}")


def unverified(complaint: Complaint, _asked: Asked) -> ApiError:
    """403 until the organization has been verified."""
    return KeyTrouble(
        f"The organization must be verified first{_because(complaint)}",
        title="Organization not verified",
        hint=VERIFY_HINT,
    )


def key(complaint: Complaint, _asked: Asked) -> ApiError:
    """401: no such key."""
    return KeyTrouble(f"The server does not accept this API key{_because(complaint)}")


def forbidden(complaint: Complaint, _asked: Asked) -> ApiError:
    """403: the key may not do that."""
    return KeyTrouble(
        f"This key is not allowed to do that{_because(complaint)}",
        title="Not allowed",
        hint="Check the key's permissions and its project, or use another key.",
    )


def model(complaint: Complaint, asked: Asked) -> ApiError:
    """A model that does not exist, or not for this key."""
    image = complaint.param.startswith("tools") or (
        asked.image_model and asked.image_model in complaint.message
    )
    name, command = (asked.image_model, "/image-model") if image else (asked.model, "/model")
    return BadRequest(
        f"The model {one_line(name, 100)} is not there for this key{_because(complaint)}",
        param=complaint.param or "model",
        hint=f"Choose another one with {command}.",
    )


def no_image_tool(complaint: Complaint, asked: Asked) -> ApiError:
    """A main model that cannot call the image tool."""
    return BadRequest(
        f"The model {one_line(asked.model, 100)} cannot make pictures{_because(complaint)}",
        param=complaint.param or None,
        hint="Choose another main model with /model.",
    )


def limited(complaint: Complaint, _asked: Asked) -> ApiError:
    """429 that passes by waiting."""
    wait = complaint.wait
    return RateLimited(
        f"The server takes no more requests for now{_because(complaint)}",
        wait=wait,
        hint=f"Wait {ceil(wait)} s, then press r to send it again." if wait else None,
    )


def not_there(complaint: Complaint, asked: Asked) -> ApiError:
    """404: a wrong base URL, unless the server names something else."""
    if complaint.code or complaint.param:
        return refused(complaint, asked)
    return BadRequest(
        f"{asked.address} does not offer the Responses API{_because(complaint)}", hint=ADDRESS_HINT
    )


def slow(complaint: Complaint, _asked: Asked) -> ApiError:
    """408: the server itself gave up."""
    return TimedOut(f"The server gave up waiting{_because(complaint)}")


def redirected(complaint: Complaint, asked: Asked) -> ApiError:
    """3xx: never followed."""
    return BadRequest(
        f"{asked.address} points to another address, which is not followed so that the key stays "
        f"where it belongs (status {complaint.status}).",
        hint="Set OPENAI_BASE_URL to the final address.",
    )


def too_large(complaint: Complaint, _asked: Asked) -> ApiError:
    """413: too many or too large pictures."""
    return BadRequest(
        f"The request is too large for the server{_because(complaint)}",
        hint="Attach fewer or smaller pictures.",
    )


def refused(complaint: Complaint, _asked: Asked) -> ApiError:
    """400 and the like, with the parameter when it is named."""
    what = complaint.param or "the request"
    name = re.split(r"[.\[\]]+", complaint.param)[-1]
    hint = "Change the prompt or the options (F2) and send it again."
    if complaint.param == "model":
        hint = "Change it with /model."
    elif complaint.param.startswith("tools") and name in COMMANDS:
        hint = f"Change it with {COMMANDS[name]}."
    elif "image" in complaint.param or "image" in complaint.code:
        hint = "Check the attached pictures."
    sentence = f"The server refused {what}{_because(complaint)}"
    return BadRequest(sentence, param=complaint.param or None, hint=hint)


def trouble(complaint: Complaint, _asked: Asked) -> ApiError:
    """5xx, and whatever fits nothing else."""
    return ServerTrouble(f"The server had a problem{_because(complaint)}")
