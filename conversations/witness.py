"""What the audit log hears by itself: sign-ins, failures, roles, every change in the administration."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.dispatch import receiver
from django.utils.translation import override

from conversations.audit import Kind, record

_FLAGS = ("is_active", "is_staff", "is_superuser")


@receiver(user_logged_in)
def after_signing_in(sender: Any, user: User, **_: Any) -> None:
    record(Kind.SIGN_IN, user)


@receiver(user_logged_out)
def after_signing_out(sender: Any, user: User | None, **_: Any) -> None:
    if user is not None:
        record(Kind.SIGN_OUT, user)


@receiver(user_login_failed)
def after_a_failure(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    """Only names that exist are kept: people type their passwords into the wrong box."""
    named = next((credentials[key] for key in ("username", "email", "login") if credentials.get(key)), "")
    person = User.objects.filter(username=str(named)[:150]).first()
    person = person or User.objects.filter(email__iexact=str(named)[:254]).first()
    record(Kind.FAILURE, about=person.get_username() if person else "(no such account)")


@receiver(pre_save, sender=User)
def before_a_role_changes(sender: Any, instance: User, raw: bool = False, **_: Any) -> None:
    before = User.objects.filter(pk=instance.pk).values(*_FLAGS).first() if instance.pk and not raw else None
    if before is None:
        return
    changed = [name for name in _FLAGS if before[name] != getattr(instance, name)]
    if changed:
        detail = ", ".join(f"{name}: {getattr(instance, name)}" for name in changed)
        record(Kind.ROLE, about=instance.get_username(), detail=detail)


@receiver(post_save, sender=User)
def after_an_administrator_is_made(sender: Any, instance: User, created: bool, **_: Any) -> None:
    if created and (instance.is_staff or instance.is_superuser):
        record(Kind.ROLE, about=instance.get_username(), detail="made as an administrator")


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def after_rights_change(
    sender: Any, instance: Any, action: str, *, pk_set: set[int] | None, model: type[Model], **_: Any
) -> None:
    if action not in ("post_add", "post_remove", "post_clear") or (action != "post_clear" and not pk_set):
        return
    # Seen from a group, it is its people that change.
    what = {Group: "groups", User: "people"}.get(model, "permissions")
    # By their names: what an id stood for, nobody may know when it is looked up.
    names = sorted(map(str, model._default_manager.filter(pk__in=pk_set))) if pk_set else ["all"]
    detail = f"{what}: {action.removeprefix('post_')} {', '.join(names)}"
    record(Kind.ROLE, about=str(instance), detail=detail)


@receiver(post_save, sender=LogEntry)
def after_a_change_in_the_administration(sender: Any, instance: LogEntry, created: bool, **_: Any) -> None:
    if created:
        about = f"{instance.content_type} {instance.object_id}: {instance.object_repr}"
        # Told in the language of whoever made the change; kept, like all of the log, in English.
        with override("en"):
            record(Kind.CHANGE, instance.user, about=about, detail=instance.get_change_message())
