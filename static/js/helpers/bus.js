/* How elements talk: events on the document, each named here once.

   chat:frame    a frame from the server (detail: the frame)
   chat:out      a frame for the server (detail: the frame)
   chat:up       the socket is open; whoever follows something subscribes now
   chat:down     the socket is closed and will be opened again
   chat:refused  the server does not want us (detail: the close code)
   thread:running   which answer runs (detail: its id, or null)
   thread:text      text of a running answer was shown (detail: the text)
   thread:ended     an answer reached its end (detail: its id, status, content and receipt)
   thread:synced    messages were taken over from the server's page
   thread:own       a message of this very page was put into the thread
   outbox:add       a message to send (detail: its frame; `elsewhere` if it is shown in another place until it arrives)
   outbox:drop      a message that is not to be sent after all (detail: its client_id)
   outbox:arrived   the server has a message of the outbox (detail: its client_id)
   filing:done      conversations were put in order (detail: the server's answer)
   filing:failed    they were not (detail: the reason, if there is one)
   composer:fill    text for the composer (detail: the text)
   composer:return  a message that was not sent comes back (detail: its text, and in `detail` why)
   composer:say     a problem in words (detail: the words)
   status:say       something that has just happened, in words (detail: the words)
   answer:stop      the running answer is to end
   message:edit     a message of mine is to be changed (detail: its id)
   edit:return      a changed message that was not sent comes back (detail: the id of the one it changes, its text, and
                    in `detail` why)
   actions:models   somebody wants to choose who answers again (detail: the button, and the answer's id)
   actions:regenerate  … and has chosen (detail: the answer's id and the model)
   thread:keep-place   the next variant is asked for (detail: its parent's id, and which way)
   preferences:kept   somebody has chosen how the page is to behave (detail: what is chosen)
   model:scale      another model is chosen (detail: what tokens are with it, as conversations/weighing.py has it)
   composer:posted  the first message goes its way as a form (detail: its client_id)
*/

export function tell(name, detail = null) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Listens to several events: `{name: handler(detail)}`. Returns a function that stops listening. */
export function listen(handlers) {
  const control = new AbortController();
  for (const [name, handler] of Object.entries(handlers)) {
    document.addEventListener(name, (event) => handler(event.detail), { signal: control.signal });
  }
  return () => control.abort();
}
