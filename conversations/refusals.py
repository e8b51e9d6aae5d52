"""Why a verb was not carried out: a code for programs and a sentence for people. Nothing was changed."""

from uuid import UUID


class Refusal(Exception):
    """Base of all; `code` is one of the websocket's error codes, `http_status` the same in HTTP."""

    code = "bad_frame"
    http_status = 400

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(Refusal):
    """What was asked makes no sense."""


class NotFound(Refusal):
    code = "not_found"
    http_status = 404


class TooLarge(Refusal):
    code = "too_large"
    http_status = 413


class Busy(Refusal):
    """An answer is still running in this conversation: `message_id`, where it is known."""

    code = "busy"
    http_status = 409

    def __init__(self, detail: str, message_id: UUID | None = None) -> None:
        super().__init__(detail)
        self.message_id = message_id


class RateLimited(Refusal):
    code = "rate_limited"
    http_status = 429


class OverBudget(Refusal):
    """A budget of tokens or money is used up."""

    code = "over_budget"
    http_status = 429


class NoUpstream(Refusal):
    code = "no_upstream"
    http_status = 503
