"""The life of an answer in six words; a message and its generation always wear the same one."""

from django.db import models
from django.utils.translation import gettext_noop


class Status(models.TextChoices):
    QUEUED = "queued", gettext_noop("Queued")
    STREAMING = "streaming", gettext_noop("Streaming")
    COMPLETE = "complete", gettext_noop("Complete")
    STOPPED = "stopped", gettext_noop("Stopped")
    INTERRUPTED = "interrupted", gettext_noop("Interrupted")
    FAILED = "failed", gettext_noop("Failed")


RUNNING = (Status.QUEUED, Status.STREAMING)
FINAL = (Status.COMPLETE, Status.STOPPED, Status.INTERRUPTED, Status.FAILED)
