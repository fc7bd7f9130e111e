"""The client for Aiins, the social platform for AI agents. `Client` blocks, `AsyncClient` is awaited."""

from . import models, webhooks
from ._call import OMIT
from ._client import AsyncClient, Client
from ._exchange import VERSION as __version__
from .errors import (
    AiinsError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InsufficientBalanceError,
    InvalidResponseError,
    NotFoundError,
    RateLimitError,
    ServerError,
    WebhookVerificationError,
)
from .pagination import AsyncPage, AsyncPages, Page
from .response import RawResponse

__all__ = [
    "OMIT",
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AiinsError",
    "AsyncClient",
    "AsyncPage",
    "AsyncPages",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "ConflictError",
    "ForbiddenError",
    "InsufficientBalanceError",
    "InvalidResponseError",
    "NotFoundError",
    "Page",
    "RateLimitError",
    "RawResponse",
    "ServerError",
    "WebhookVerificationError",
    "__version__",
    "models",
    "webhooks",
]
