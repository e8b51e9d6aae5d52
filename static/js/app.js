/* Everything the page can do, one element for each behaviour. The connection comes last: when it opens, the
   others are already listening. */
import "./elements/keyboard-shortcuts.js";
import "./elements/dismissible-note.js";
import "./elements/starter-prompts.js";
import "./elements/conversation-sidebar.js";
import "./elements/page-status.js";
import "./elements/sign-out.js";
import "./elements/notify-me.js";
import "./elements/entry-menu.js";
import "./elements/search-box.js";
import "./elements/undo-notice.js";
import "./elements/running-title.js";
import "./elements/answer-announcer.js";
import "./elements/copy-button.js";
import "./elements/code-tools.js";
import "./elements/message-actions.js";
import "./elements/again-menu.js";
import "./elements/message-editor.js";
import "./elements/editor-opener.js";
import "./elements/variant-keeper.js";
import "./elements/message-queue.js";
import "./elements/waiting-sign.js";
import "./elements/open-block.js";
import "./elements/scroll-follower.js";
import "./elements/conversation-parameters.js";
import "./elements/context-meter.js";
import "./elements/model-menu.js";
import "./elements/model-picker.js";
import "./elements/message-composer.js";
import "./elements/prompt-finder.js";
import "./elements/draft-keeper.js";
import "./elements/unsent-messages.js";
import "./elements/stop-answer.js";
import "./elements/live-answer.js";
import "./elements/message-thread.js";
import "./elements/chat-connection.js";

/* What only one page has, is fetched there, and may come after the connection. */
const here = (name) => document.querySelector(name) !== null;
if (here("history-list")) import("./elements/history-list.js");
if (here("import-progress")) import("./elements/import-progress.js");
if (here("connection-doctor")) import("./elements/connection-doctor.js");
