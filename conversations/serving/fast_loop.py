"""Imported for its effect: new event loops are uvloop's, where there is a wheel of it.

The same program for a tenth less; on Windows asyncio's own loop does the work.
"""

import asyncio
import importlib.util

if importlib.util.find_spec("uvloop"):
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
