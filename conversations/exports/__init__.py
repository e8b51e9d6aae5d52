"""What people take with them: a conversation as JSON, Markdown or a page, everything as a zip."""

from conversations.exports.archive import archive
from conversations.exports.pages import as_page
from conversations.exports.texts import as_json, as_markdown, file_name, moment

__all__ = ["archive", "as_json", "as_markdown", "as_page", "file_name", "moment"]
