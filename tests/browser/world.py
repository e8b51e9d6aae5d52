"""One of everything: what the administrator of a chat in use sees, and where."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from conversations import filing
from conversations.audit import open_for_reading
from conversations.models import (
    Budget,
    Conversation,
    Import,
    Message,
    ModelPrice,
    OfferedModel,
    Provider,
    QueuedMessage,
    SavedPrompt,
    SetupToken,
    Share,
)
from conversations.setup import _digest
from conversations.usage import fold
from tests.browser.conftest import make_talk
from tests.browser.test_same_text import RICH
from tests.usage.rows import months_of

PROBLEMS = [["Number 7", "It holds no messages."], ["“" + "Tides " * 12 + "”", "It is not valid JSON."]]
TURNS = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "`Hello`", "reasoning": "Hm"}]
TOKEN = "a-token-of-the-first-start"


def say(parent: Message | None, role: str, **fields: Any) -> Message:
    assert parent is not None
    return Message.objects.create(conversation=parent.conversation, parent=parent, role=role, **fields)


class World:
    """`addresses`: of each named page, in the states that show most; `strangers`: without signing in."""

    def __init__(self, owner: User, other: User, provider: Provider) -> None:
        self.owner, self.other, self.provider = owner, other, provider
        self.talk = self._talk()
        self._filed()
        self._spent()
        self.prompt = SavedPrompt.objects.create(owner=owner, name="Sum-up", text="Sum up: {{text}} " * 20)
        self.share = Share.objects.create(
            owner=owner, conversation=self.talk, title="Shared " * 9, system_prompt="Be brief.", turns=TURNS
        )
        public = Share.objects.create(
            owner=owner, conversation=self.talk, title="For all", turns=TURNS, needs_sign_in=False
        )
        SetupToken.objects.create(digest=_digest(TOKEN))
        self.addresses = {**self._pages(), **self._imports(), **ACCOUNTS, **self._administration()}
        self.strangers = {
            "account_login": ["/accounts/login/"],
            "account_signup": ["/accounts/signup/"],
            "account_reset_password": ["/accounts/password/reset/"],
            "account_reset_password_from_key": ["/accounts/password/reset/key/x-y/"],
            "account_confirm_email": ["/accounts/confirm-email/x/"],
            "setup": [f"/setup/{TOKEN}/", "/setup/used/"],
            "shared": [public.get_absolute_url(), "/share/nothing/"],
            "404": ["/nothing/"],
        }

    def _talk(self) -> Conversation:
        """With tables, code, long words, variants, a failure, and one message that waits."""
        OfferedModel.objects.filter(model_id="alpha").update(listed_context=1000)
        ModelPrice.objects.create(model="alpha", input_price="3", output_price="9")
        turns = [("Everything, please.", RICH), ("x" * 300, "y" * 300)]
        talk = make_talk(self.owner, turns, title="Everything " * 12)
        asked = say(talk.active_leaf, "user", content="And this?")
        usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960, "source": "estimated"}
        self.variants = [
            say(
                asked, "assistant", content="One thing.", reasoning="Hm.", status="stopped", stopped_in_ms=12
            ),
            say(asked, "assistant", content="Another thing.", usage=usage, finish_reason="length"),
        ]
        again = say(self.variants[1], "user", content="Really?")
        error = "The server is away. " * 9
        talk.active_leaf = say(again, "assistant", status="failed", error=error)
        talk.system_prompt = "Be brief."
        talk.save()
        held = {"content": "And what comes after that? " * 3, "held": "The answer before it failed."}
        QueuedMessage.objects.create(conversation=talk, client_id=uuid.uuid4(), **held)
        return talk

    def _filed(self) -> None:
        now = timezone.now()
        rows = [
            Conversation.objects.create(
                owner=self.owner, title=f"Number {number} kelp", updated_at=now - timedelta(days=number * 9)
            )
            for number in range(6)
        ]
        filing.tag(self.owner, [row.id for row in rows[:3]], "work")
        many = Conversation.objects
        many.filter(pk=rows[0].pk).update(pinned_at=now, unread=True)
        many.filter(pk=rows[3].pk).update(archived_at=now)
        many.filter(pk=rows[4].pk).update(trashed_at=now)
        Message.objects.create(conversation=rows[1], role="user", content="The kelp grows. " * 40)

    def _spent(self) -> None:
        self.owner.groups.add(Group.objects.create(name="sales"))
        months_of(self.owner, self.other, requests=60, hours=9)
        fold()
        Budget.objects.create(amount=9_000)
        Budget.objects.create(amount=9, unit="money", hard=False, period="day")
        self.read = make_talk(self.other, [("Hello?", "Hello, *Bob*.")])
        open_for_reading(self.owner, self.read, "A court asked for this conversation.")

    def _import(self, **fields: Any) -> str:
        return Import.objects.create(owner=self.owner, **fields).get_absolute_url()

    def _imports(self) -> dict[str, list[str]]:
        counts = {"total": 1234, "seen": 567, "added": 500, "known": 60, "skipped": 7, "problems": PROBLEMS}
        # A lease far away: no runner takes it up.
        running = self._import(
            file_name="conversations.json", status="running", lease_until="2100-01-01T00:00Z", **counts
        )
        failed = self._import(file_name="x" * 200, status="failed", error="It breaks off. " * 9)
        return {"import_file": ["/import/"], "import": [running, failed]}

    def _pages(self) -> dict[str, list[str]]:
        talk = self.talk.get_absolute_url()
        pair = "&".join(f"{side}={each.id}" for side, each in zip("ab", self.variants, strict=True))
        return {
            "new_conversation": ["/"],
            "conversation": [talk, f"{talk}?edit={self.variants[0].parent_id}"],
            "compare_variants": [f"{talk}compare/?{pair}"],
            "history": [f"/history/{query}" for query in ("", "?archived=1", "?trash=1", "?status=failed")],
            "preferences": ["/account/preferences/"],
            "account_usage": ["/account/usage/"],
            "prompts": ["/prompts/"],
            "prompt": [f"/prompts/{self.prompt.pk}/"],
            "search": ["/search/?q=kelp", "/search/?q=nothingsuch", "/search/"],
            "share": [f"{talk}share/"],
            "shares": ["/account/shares/"],
            "shared": [self.share.get_absolute_url()],
            "doctor": ["/doctor/"],
            "404": ["/nothing/"],
            "403": ["/admin/conversations/conversation/add/"],
        }

    def _administration(self) -> dict[str, list[str]]:
        change = reverse("admin:conversations_provider_change", args=[self.provider.pk])
        closed = reverse("admin:read_conversation", args=[make_talk(self.other, []).pk])
        return {
            "admin": ["/admin/"],
            "admin:usage": ["/admin/usage/?rows=user&columns=model"],
            "admin:live": ["/admin/live/"],
            "admin:read_conversation": [closed, reverse("admin:read_conversation", args=[self.read.pk])],
            "admin:audit": ["/admin/conversations/auditentry/"],
            "admin:provider": ["/admin/conversations/provider/", change],
        }


ACCOUNTS = {
    "account_logout": ["/accounts/logout/"],
    "account_inactive": ["/accounts/inactive/"],
    "account_email": ["/accounts/email/"],
    "account_change_password": ["/accounts/password/change/"],
    "account_reauthenticate": ["/accounts/reauthenticate/"],
    "account_email_verification_sent": ["/accounts/confirm-email/"],
    "account_reset_password_done": ["/accounts/password/reset/done/"],
    "account_reset_password_from_key_done": ["/accounts/password/reset/key/done/"],
}
# Named addresses without a page: files, parts of pages, answers to scripts and machines, targets of forms.
NO_PAGES = {
    "create_conversation", "save_parameters", "send_message", "stop_message", "retry_message",
    "regenerate_message", "continue_message", "show_message", "edit_queued", "remove_queued", "send_queued",
    "draft", "new_draft", "message_text", "export_json", "export_markdown", "export_page",
    "export_everything", "rename_conversation", "find_models", "about_model", "sidebar_entries",
    "file_conversations", "empty_trash", "revoke_share", "copy_shared", "stop_import", "favicon", "metrics",
    "healthz", "readyz", "account_set_password", "account_confirm_login_code",
    "find_prompts", "prompt_text", "remove_prompt", "set_language",
}  # fmt: skip
