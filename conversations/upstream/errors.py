"""Everything that this package raises; nothing foreign leaves it.

UpstreamError                 the upstream or the way to it failed           → failed
  Interrupted                 the answer broke off before its finish_reason  → interrupted
    DeadlineExceeded          first token, idle or total time is over
  ConnectionFailed            nothing was answered: DNS, refused, TLS, reset, connect deadline
  Refused                     an HTTP status instead of an answer
    KeyRefused                401, 403
    NotFound                  404: no such model or no such address
    ParameterRefused          400, 422: the words name a parameter (temperature, max_tokens …)
    TooLong                   413, or the words say that the context is full
    RateLimited               429
    ServerFailed              5xx
    Redirected                3xx, never followed
  Reported                    an error object inside a stream or a body with status 200
  NotUnderstood               an answer that is no chat completion: a page, broken JSON, an unknown encoding
  TooLarge                    an event, a body or a whole reply over its limit
"""


class UpstreamError(Exception):
    """`kind`: a short machine word. `message`: a sentence for a person. `retry_after`: seconds, if told."""

    kind = "upstream"

    def __init__(
        self,
        message: str,
        *,
        kind: str = "",
        status_code: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind or type(self).kind
        self.status_code = status_code
        self.retry_after = retry_after


class Interrupted(UpstreamError):
    kind = "interrupted"


class DeadlineExceeded(Interrupted):
    kind = "deadline"


class ConnectionFailed(UpstreamError):
    kind = "connection"


class Refused(UpstreamError):
    kind = "refused"


class KeyRefused(Refused):
    kind = "key"


class NotFound(Refused):
    kind = "not_found"


class ParameterRefused(Refused):
    kind = "parameter"


class TooLong(Refused):
    kind = "too_long"


class RateLimited(Refused):
    kind = "rate_limited"


class ServerFailed(Refused):
    kind = "server"


class Redirected(Refused):
    kind = "redirect"


class Reported(UpstreamError):
    kind = "reported"


class NotUnderstood(UpstreamError):
    kind = "not_understood"


class TooLarge(UpstreamError):
    kind = "too_large"
