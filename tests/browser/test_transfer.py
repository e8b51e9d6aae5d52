"""Taking conversations away and bringing them: for everybody, on a phone, and without scripts."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from conversations.models import Conversation, Import
from tests.live import LiveServer
from tests.transfer.exports import chatgpt


@pytest.fixture
def running(alice: User) -> Import:
    """With a lease far away: no runner takes it up."""
    counts = {"total": 1234, "seen": 567, "added": 500, "known": 60, "skipped": 7}
    return Import.objects.create(
        owner=alice, file_name="x.json", status="running", lease_until="2100-01-01T00:00Z", **counts
    )


def test_import_and_share_without_scripts(
    open_context: Any, live: LiveServer, alice: User, tmp_path: Path
) -> None:
    (tmp_path / "conversations.json").write_text(json.dumps([chatgpt()]))
    page: Page = open_context(java_script_enabled=False).new_page()
    page.goto("/history/")
    page.get_by_label("File to import").set_input_files(tmp_path / "conversations.json")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("1 conversation came in")
    page.get_by_role("main").get_by_role("link", name="Tides", exact=True).click()
    page.get_by_role("button", name="Share and export").click()
    page.get_by_role("link", name="Share…").click()
    page.get_by_label("Only people with an account here").uncheck()
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("Link to “Tides”").input_value()
    page.goto(address)
    expect(page.locator("article").last).to_contain_text("Two metres.")
    page.get_by_role("button", name="Continue as a copy").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tides")
    assert Conversation.objects.of(alice).count() == 2


def test_the_progress_moves_by_itself(page: Page, live: LiveServer, running: Import) -> None:
    page.goto(running.get_absolute_url())
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "567")
    Import.objects.filter(status="running").update(seen=1000)
    expect(bar).to_have_attribute("value", "1000")
    Import.objects.filter(status="running").update(status="done")
    expect(page.get_by_role("main").get_by_role("link", name="All conversations")).to_be_visible()
    expect(bar).to_have_count(0)


def test_a_copy_opens_from_a_folder_with_its_styles(
    open_context: Any, live: LiveServer, talk: Conversation, tmp_path: Path, witness: Any
) -> None:
    """Without a server, and with the policy that it carries."""
    witness.origin = "file://"
    page = open_context().new_page()
    response = page.request.get(f"{live.url}/account/export.zip")
    (tmp_path / "all.zip").write_bytes(response.body())
    with zipfile.ZipFile(tmp_path / "all.zip") as file:
        file.extractall(tmp_path)
    (tmp_path / "one.html").write_bytes(
        page.request.get(f"{live.url}{talk.get_absolute_url()}export.html").body()
    )
    page.goto(f"file://{tmp_path}/index.html")
    page.get_by_role("link", name="A talk").click()
    for address in (page.url, f"file://{tmp_path}/one.html"):
        page.goto(address)
        expect(page.locator("em")).to_have_text("Alice")
        assert page.locator("article").first.evaluate("each => getComputedStyle(each).display") == "flex"
    # Before its window goes back to the server, which would be a stranger here.
    page.context.close()
