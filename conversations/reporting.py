"""What is told of an ended request to those who watch the machine: metrics, and a line of the log."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from conversations.tally import tally

if TYPE_CHECKING:
    from conversations.endings import Ending

logger = logging.getLogger(__name__)


def report_end(generation_id: UUID, row: Mapping[str, Any], ending: "Ending") -> None:
    """`row`: what the ledger says of it. Ids, kinds and numbers; nothing that was written."""
    tally.ended(row, ending)
    usage = ending.usage
    facts = {
        "conversation": row["conversation_id"],
        "answer": row["message_id"],
        "user": row["user_id"],
        "provider": row["provider_id"],
        "purpose": row["purpose"],
        "status": str(ending.status),
        "error_kind": ending.error_kind,
        "attempts": ending.attempts,
        "ttft_ms": ending.ttft_ms,
        "duration_ms": ending.duration_ms,
        "prompt_tokens": usage.prompt_tokens if usage else None,
        "completion_tokens": usage.completion_tokens if usage else None,
        "source": str(ending.source),
    }
    logger.info("Generation %s ended: %s", generation_id, ending.status, extra={"facts": facts})
