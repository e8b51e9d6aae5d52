"""Imported for its effect: new event loops are uvloop's, where there is a wheel of it.

The same program, with less spent on the loop itself; on Windows asyncio's own does the work.
"""

import asyncio
import importlib.util

if importlib.util.find_spec("uvloop"):
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
