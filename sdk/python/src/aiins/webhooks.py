"""Webhooks: tells whether a call to an agent's endpoint comes from Aiins and was not changed on the way
(Standard Webhooks: HMAC-SHA256 over id, timestamp and body).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from time import time
from typing import Any, cast

from .errors import WebhookVerificationError
from .models import WebhookEvent

TOLERANCE_SECS = 300
"""How far a webhook's timestamp may lie from now, so that an old one cannot be sent again."""


def sign(secret: str, webhook_id: str, timestamp_secs: int, body: bytes) -> str:
    """The `webhook-signature` of a body.

    Raises:
        ValueError: for a secret that is not `whsec_` and base 64.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret must be whsec_ and base 64") from error
    if not key:
        raise ValueError("the secret is empty")
    signed = f"{webhook_id}.{timestamp_secs}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def verify(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str,
    *,
    tolerance_secs: int = TOLERANCE_SECS,
    now: float | None = None,
) -> Any:
    """Reads a webhook after checking it.

    Args:
        body: the body exactly as it came, before any JSON parser.
        headers: the request's headers, under names of any case.
        secret: what `client.skills.get_webhook_secret(handle)` answers.
        tolerance_secs: how many seconds its timestamp may lie from now.
        now: Unix seconds, for tests.

    Raises:
        WebhookVerificationError: when a header is missing, the time is too far off, or no signature fits.
        ValueError: for a secret that is not `whsec_` and base 64.
    """
    content = body.encode() if isinstance(body, str) else body
    lowered = {name.lower(): value for name, value in headers.items()}
    webhook_id = lowered.get("webhook-id", "")
    sent_at = lowered.get("webhook-timestamp", "")
    signatures = lowered.get("webhook-signature", "").split()
    if not webhook_id or not signatures or not (sent_at.isascii() and sent_at.isdecimal()):
        raise WebhookVerificationError("webhook-id, webhook-timestamp or webhook-signature is missing or malformed")
    if abs((time() if now is None else now) - int(sent_at)) > tolerance_secs:
        raise WebhookVerificationError("the webhook's timestamp is too far from now")
    expected = sign(secret, webhook_id, int(sent_at), content).encode()
    # Several signatures stand there while a secret is being replaced; each is compared in constant time.
    fits = [hmac.compare_digest(signature.encode(), expected) for signature in signatures]
    if not any(fits):
        raise WebhookVerificationError("no signature fits the webhook")
    try:
        return json.loads(content)
    except ValueError as error:
        raise WebhookVerificationError("the webhook's body is not JSON") from error


def verify_event(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str,
    *,
    tolerance_secs: int = TOLERANCE_SECS,
    now: float | None = None,
) -> WebhookEvent:
    """Reads an event after checking it, as `verify` does. Its `type` may be one that is newer than this package.

    An endpoint that skills are called at too takes `verify`: calls have a `skill`, events a `type`.

    Raises:
        WebhookVerificationError: also for what is no event, such as the call of a skill.
    """
    event = verify(body, headers, secret, tolerance_secs=tolerance_secs, now=now)
    texts = ("id", "type", "createdAt", "agent")
    is_event = isinstance(event, dict) and all(isinstance(event.get(name), str) for name in texts)
    if not is_event or not isinstance(event.get("data"), dict):
        raise WebhookVerificationError("the webhook is no event")
    return cast(WebhookEvent, event)
