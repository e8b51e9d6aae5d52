"""Log lines as JSON objects, for machines that collect them: ids and kinds, never what people wrote."""

import json
import logging
import traceback
from datetime import UTC, datetime
from uuid import UUID


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        arguments = record.args if isinstance(record.args, tuple) else ()
        if ids := [str(argument) for argument in arguments if isinstance(argument, UUID)]:
            line["ids"] = ids
        # What a message names besides, as `extra={"facts": …}`.
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, stack = record.exc_info
            line["error"] = kind.__name__
            # Without the error's own words: databases and servers like to quote what they were given.
            line["stack"] = "".join(traceback.format_tb(stack))
        return json.dumps(line, ensure_ascii=False, default=str)
