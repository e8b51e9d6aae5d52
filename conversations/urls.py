"""The addresses of pages and files."""

from django.urls import path

from conversations.views import (
    answers,
    comparison,
    conversation,
    doctor,
    export,
    filing,
    health,
    history,
    importing,
    metrics,
    models,
    preferences,
    queue,
    saved_prompts,
    search,
    setup,
    sharing,
    usage,
)

MESSAGE = "conversations/<uuid:conversation_id>/messages/<uuid:message_id>/"
QUEUED = "conversations/<uuid:conversation_id>/queue/<uuid:client_id>/"

urlpatterns = [
    path("", conversation.new_conversation, name="new_conversation"),
    path("conversations/", conversation.create_conversation, name="create_conversation"),
    path("conversations/<uuid:conversation_id>/", conversation.conversation, name="conversation"),
    path(
        "conversations/<uuid:conversation_id>/parameters/",
        conversation.save_parameters,
        name="save_parameters",
    ),
    path("conversations/<uuid:conversation_id>/messages/", conversation.send_message, name="send_message"),
    path(
        "conversations/<uuid:conversation_id>/compare/", comparison.compare_variants, name="compare_variants"
    ),
    path(f"{MESSAGE}stop/", answers.stop_message, name="stop_message"),
    path(f"{MESSAGE}retry/", answers.retry_message, name="retry_message"),
    path(f"{MESSAGE}regenerate/", answers.regenerate_message, name="regenerate_message"),
    path(f"{MESSAGE}continue/", answers.continue_message, name="continue_message"),
    path(f"{MESSAGE}show/", answers.show_message, name="show_message"),
    path(f"{QUEUED}edit/", queue.edit_queued, name="edit_queued"),
    path(f"{QUEUED}remove/", queue.remove_queued, name="remove_queued"),
    path(f"{QUEUED}send/", queue.send_queued, name="send_queued"),
    path("conversations/<uuid:conversation_id>/draft/", queue.draft, name="draft"),
    path("draft/", queue.draft, name="new_draft"),
    path(MESSAGE + "text/", export.message_text, name="message_text"),
    path("conversations/<uuid:conversation_id>/export.json", export.export_json, name="export_json"),
    path("conversations/<uuid:conversation_id>/export.md", export.export_markdown, name="export_markdown"),
    path("conversations/<uuid:conversation_id>/export.html", export.export_page, name="export_page"),
    path("account/export.zip", export.export_everything, name="export_everything"),
    path(
        "conversations/<uuid:conversation_id>/title/", filing.rename_conversation, name="rename_conversation"
    ),
    path("models/", models.find_models, name="find_models"),
    path("models/about/", models.about_model, name="about_model"),
    path("history/", history.history, name="history"),
    path("history/entries/", history.sidebar_entries, name="sidebar_entries"),
    path("history/filing/", filing.file_conversations, name="file_conversations"),
    path("history/trash/empty/", filing.empty_trash, name="empty_trash"),
    path("account/preferences/", preferences.preferences, name="preferences"),
    path("account/usage/", usage.account_usage, name="account_usage"),
    path("prompts/", saved_prompts.prompts, name="prompts"),
    path("prompts/found/", saved_prompts.find_prompts, name="find_prompts"),
    path("prompts/<int:prompt_id>/", saved_prompts.prompt, name="prompt"),
    path("prompts/<int:prompt_id>/text/", saved_prompts.prompt_text, name="prompt_text"),
    path("prompts/<int:prompt_id>/remove/", saved_prompts.remove_prompt, name="remove_prompt"),
    path("search/", search.search_page, name="search"),
    path("conversations/<uuid:conversation_id>/share/", sharing.share, name="share"),
    path("account/shares/", sharing.shares, name="shares"),
    path("account/shares/<int:share_id>/revoke/", sharing.revoke, name="revoke_share"),
    path("share/<str:token>/", sharing.shared, name="shared"),
    path("share/<str:token>/copy/", sharing.copy, name="copy_shared"),
    path("import/", importing.import_file, name="import_file"),
    path("import/<uuid:import_id>/", importing.show_import, name="import"),
    path("import/<uuid:import_id>/stop/", importing.stop_import, name="stop_import"),
    path("setup/<str:token>/", setup.setup, name="setup"),
    path("doctor/", doctor.doctor, name="doctor"),
    path("favicon.ico", health.favicon, name="favicon"),
    path("metrics", metrics.metrics, name="metrics"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
