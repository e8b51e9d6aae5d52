/* Everything the page can do, one element for each behaviour. The connection comes last: when it opens, the
   others are already listening. */
import "./elements/dismissible-note.js";
import "./elements/starter-prompts.js";
import "./elements/conversation-sidebar.js";
import "./elements/page-status.js";
import "./elements/notify-me.js";
import "./elements/entry-menu.js";
import "./elements/undo-notice.js";
import "./elements/history-list.js";
import "./elements/running-title.js";
import "./elements/answer-announcer.js";
import "./elements/copy-button.js";
import "./elements/retry-button.js";
import "./elements/waiting-sign.js";
import "./elements/open-block.js";
import "./elements/scroll-follower.js";
import "./elements/conversation-parameters.js";
import "./elements/model-menu.js";
import "./elements/model-picker.js";
import "./elements/message-composer.js";
import "./elements/unsent-messages.js";
import "./elements/stop-answer.js";
import "./elements/live-answer.js";
import "./elements/message-thread.js";
import "./elements/chat-connection.js";
