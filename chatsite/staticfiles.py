"""Static files under hashed names, compressed, the imports between our JavaScript modules rewritten too."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from conversations.serving.slimming import slimmed


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Our own scripts and styles lose their comments on the way in, except with DEBUG."""

    support_js_module_import_aggregation = True

    def save(self, name: str, content: Any, max_length: int | None = None) -> str:
        if not settings.DEBUG and (slim := slimmed(name)):
            content = ContentFile(slim(content.read().decode()).encode())
        kept: str = super().save(name, content, max_length)
        return kept

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[Any]:
        """Reads what was taken in, where Django would go back to the source."""
        taken = {name: (self, name) if slimmed(name) else source for name, source in paths.items()}
        yield from super().post_process(taken, **options)
