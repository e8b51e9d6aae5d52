"""How soon a stop is saved, a reloaded page has all text, and a killed server's answer is marked."""

import asyncio
import json
import re
import statistics
import time
import uuid
from typing import Any

from tests.benchmarks.readers import Page, Person
from tests.benchmarks.rows import Row
from tests.serving.launched import Launched

TIMES, RATE = 5, 50
LONG = f"3000@{RATE}"


async def begun(page: Page, tokens: int) -> tuple[str, str]:
    """Asks for a long answer and reads the first `tokens` of it; its id, and what is shown."""
    ask = {"content": "Hello", "model": LONG, "client_id": str(uuid.uuid4())}
    await page.socket.send_json({"type": "message.send", **ask})
    text, message = "", ""
    while text.count(" ") < tokens:
        frame = await page.socket.receive_json(loads=json.loads)
        if frame["type"] in ("delta", "snapshot"):
            message, text = frame["message"], text + frame.get("content", "")
            await page.socket.send_json({"type": "ack", "message": message, "seq": frame["seq"]})
    return message, text


async def export(person: Person, conversation: str) -> Any:
    async with person.session.get(f"{person.url}/conversations/{conversation}/export.json") as response:
        return (await response.json())["messages"][-1]


async def stop(page: Page, message: str) -> float:
    """Milliseconds until the stopped answer is saved."""
    asked = time.monotonic()
    await page.socket.send_json({"type": "generation.stop", "message": message})
    while (await page.socket.receive_json(loads=json.loads))["type"] != "message.done":
        pass
    assert (await export(page.person, page.conversation))["status"] == "stopped"
    return (time.monotonic() - asked) * 1000


async def reload(page: Page, message: str, shown: str) -> float:
    """Milliseconds from the request for the page until all that was shown before is there again."""
    last = shown.rstrip().rpartition(" ")[2].partition(":")[0]
    person, begun_at = page.person, time.monotonic()
    async with person.session.get(f"{person.url}/conversations/{page.conversation}/") as response:
        html = await response.text()
    held = re.search(rf'data-message="{message}".*?data-seq="(\d+)"', html, re.DOTALL)
    after = int(held[1]) if held else 0
    address = f"{person.url}/ws/conversations/{page.conversation}/"
    async with person.session.ws_connect(address, compress=15, max_msg_size=0) as socket:
        await socket.send_json({"type": "subscribe", "message": message, "after": after})
        while after < int(last):
            frame = await socket.receive_json(loads=json.loads)
            after = max(after, frame.get("seq", 0))
    return (time.monotonic() - begun_at) * 1000


async def measure(page: Page) -> list[Row]:
    stops, reloads = [], []
    for _ in range(TIMES):
        message, shown = await begun(page, 40)
        reloads.append(await reload(page, message, shown))
        stops.append(await stop(page, message))
    return [
        Row("stop to saved, slowest", "ms", max(stops), bar=600),
        Row("reload to all text so far, median", "ms", statistics.median(reloads), bar=150),
    ]


async def kill(page: Page, server: Launched) -> str:
    """Kills the server in the middle of an answer; what was shown of it."""
    _, shown = await begun(page, 60)
    server.process.kill()
    await asyncio.to_thread(server.process.wait)
    return shown


async def after_kill(person: Person, conversation: str, shown: str) -> list[Row]:
    """Of a server that has just been started again on the same data."""
    begun_at = time.monotonic()
    while (answer := await export(person, conversation))["status"] != "interrupted":
        assert time.monotonic() - begun_at < 30, answer["status"]
    marked = time.monotonic() - begun_at
    lost = max(0, shown.count(" ") - answer["content"].count(" ")) / RATE
    return [
        Row("text lost by kill -9", "s", lost, bar=0.5),
        Row("first page after kill -9 to the answer marked", "s", marked, bar=2),
    ]
