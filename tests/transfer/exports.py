"""Files as other programs write them, small enough to be read here."""

import io
import json
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

BEGAN = 1_700_000_000.25


def node(key: str, parent: str | None, message: dict[str, Any] | None) -> dict[str, Any]:
    return {"id": key, "parent": parent, "children": [], "message": message}


def message(role: str, content: Any, at: float | None = BEGAN, **fields: Any) -> dict[str, Any]:
    """`content` is a text or ChatGPT's content object."""
    if isinstance(content, str):
        content = {"content_type": "text", "parts": [content]}
    said = {"author": {"role": role, "name": None, "metadata": {}}, "create_time": at, "content": content}
    return {
        "status": "finished_successfully",
        "weight": 1.0,
        "metadata": {},
        "recipient": "all",
        **said,
        **fields,
    }


def chatgpt(*nodes: dict[str, Any], name: str = "one", **fields: Any) -> dict[str, Any]:
    """A conversation; without nodes one question and its answer."""
    chosen = nodes or (
        node("root", None, None),
        node("q", "root", message("user", "How high is the tide?")),
        node("a", "q", message("assistant", "Two *metres*.", BEGAN + 5, metadata={"model_slug": "gpt-4o"})),
    )
    return {
        "title": "Tides",
        "create_time": BEGAN,
        "update_time": BEGAN + 9,
        "mapping": {each["id"]: each for each in chosen},
        "current_node": chosen[-1]["id"],
        "conversation_id": name,
        "is_archived": False,
        **fields,
    }


def open_webui(name: str = "w-1", **fields: Any) -> dict[str, Any]:
    thinking = '<details type="reasoning" done="true">\n<summary>Thought</summary>\n> The moon.\n</details>\n'
    told = {
        "u1": {"id": "u1", "parentId": None, "role": "user", "content": "Why?", "timestamp": 1_700_000_000},
        "a1": {"id": "a1", "parentId": "u1", "role": "assistant", "content": "Because.", "model": "llama3"},
        "a2": {
            "id": "a2",
            "parentId": "u1",
            "role": "assistant",
            "content": thinking + "The moon.",
            "model": "qwen",
        },
    }
    chat = {"title": "Why", "models": ["qwen"], "history": {"messages": told, "currentId": "a2"}}
    return {"id": name, "title": "Why", "chat": chat, "created_at": 1_700_000_000, "archived": True, **fields}


def upload(content: Any, name: str = "conversations.json") -> SimpleUploadedFile:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SimpleUploadedFile(name, data)


def zipped(files: dict[str, Any], **how: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **how) as file:
        for name, content in files.items():
            file.writestr(name, content if isinstance(content, (bytes, str)) else json.dumps(content))
    return target.getvalue()
