"""Under a server with a lifespan: the house stands before the first page, and ends before the server does."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from django.db import connection

from tests.scripted_upstream import ScriptedUpstream, hold, text
from tests.serving.launched import END_SECONDS, ROOT, Launched, environment
from tests.sockets import PATIENCE

# In a process of its own, with the data folder that the server will use: who asks, and what was asked.
PREPARE = """
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from conversations import providers, sending
providers.sync_environment_provider()
user = User.objects.create_user("alice")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
sent = sending.start_conversation(user, content="Hello", model="alpha")
print(session.session_key, sent.conversation.id)
"""
LOOK = """
from conversations.models import Message
message = Message.objects.get(role="assistant")
print(message.status, message.content)
"""


def shell(code: str, variables: dict[str, str]) -> list[str]:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    run = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True)
    return run.stdout.split()


async def follow(
    port: int, session: str, conversation: str, told: asyncio.Event
) -> tuple[list[str], int | None]:
    """What a page hears until the server closes it, and the code. `told` is set by the first text."""
    heard = []
    origin = f"http://127.0.0.1:{port}"
    address = f"{origin}/ws/conversations/{conversation}/"
    async with (
        aiohttp.ClientSession(cookies={"sessionid": session}) as client,
        client.ws_connect(address, headers={"Origin": origin}) as socket,
    ):
        await socket.send_json({"type": "subscribe"})
        async for message in socket:
            frame = json.loads(message.data)
            heard.append(frame["type"])
            if frame.get("content"):
                told.set()
        return heard, socket.close_code


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the server has a database file of its own")
async def test_a_signal_saves_the_answer_and_asks_pages_to_come_back(
    tmp_path: Path, port: int, upstream: ScriptedUpstream, migrated: Path
) -> None:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    upstream.script(steps=[text("So far"), hold()])
    variables = {"OPENAI_BASE_URL": upstream.base_url, "OPENAI_API_KEY": "sk-scripted"}
    everything = environment(tmp_path, port, **variables)
    session, conversation = await asyncio.to_thread(shell, PREPARE, everything)
    server = Launched(
        tmp_path, port, "-m", "uvicorn", "chatsite.asgi:application", "--port", str(port), **variables
    )
    try:
        await asyncio.to_thread(server.wait_for, "Uvicorn running")
        told = asyncio.Event()
        page = asyncio.create_task(follow(port, session, conversation, told))
        async with asyncio.timeout(PATIENCE):
            await told.wait()
        os.kill(server.process.pid, signal.SIGTERM)
        heard, code = await page
        assert (heard[-1], code) == ("bye", 4012)
        await asyncio.to_thread(server.process.wait, END_SECONDS)
        assert "Traceback" not in server.output
    finally:
        server.close()
    [asked] = [request for request in upstream.requests if request.method == "POST"]
    assert asked.ended().closed_early
    assert await asyncio.to_thread(shell, LOOK, everything) == ["interrupted", "So", "far"]
