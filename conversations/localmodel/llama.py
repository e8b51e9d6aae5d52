"""The child process: llama.cpp's OpenAI-compatible server on loopback, alive as long as its standard input.

Run as a file, not as a module, so that nothing of Django is imported here. It reads one line of JSON
(`model`, `alias`, `port`, `api_key`) from its standard input, writes one line of JSON (`address`) to its
standard output once it answers, and ends when its standard input does: however the parent went.
"""

import fcntl
import json
import os
import sys
import threading
from typing import Any, BinaryIO

CONTEXT_TOKENS = 8192  # what SmolLM2 was trained with
SLOTS = 2  # answers at once; further ones wait in llama.cpp's queue
LONGEST_ANSWER = 2048  # tokens: a model this small may repeat itself for ever
PROMPT_CACHE_MB = 64  # llama.cpp's own default would be 8,192
NICENESS = 10


def end_with(stdin: BinaryIO) -> None:
    """Ends this process when `stdin` ends, also while native code loads the weights and holds Python's lock.

    The kernel's SIGIO needs no lock, and its default is to end the process. Nothing is written to `stdin`
    any more, so only its end can raise it. The thread is for an end that came before the signal was asked
    for, and for systems that send none for pipes.
    """
    fcntl.fcntl(stdin, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(stdin, fcntl.F_SETFL, fcntl.fcntl(stdin, fcntl.F_GETFL) | os.O_ASYNC)
    threading.Thread(target=wait_for_end, args=(stdin,), daemon=True).start()


def wait_for_end(stdin: BinaryIO) -> None:
    while stdin.read(4096):
        pass
    os._exit(0)


def parameters(order: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.model_alias = {order["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = order["port"]
    params.api_keys = [order["api_key"]]
    params.cors_origins = "http://127.0.0.1"  # no page talks to it; the default is every origin
    params.ui = False
    params.endpoint_slots = False
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = SLOTS
    params.kv_unified = True  # the slots share one context's memory
    params.n_predict = LONGEST_ANSWER
    params.cache_ram_mib = PROMPT_CACHE_MB
    params.n_ctx_checkpoints = 0
    params.offline = True
    params.verbosity = 2  # errors and warnings: a line for each request would fill the disk in time
    return params


def main() -> None:
    stdin, reports = sys.stdin.buffer, os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever native code prints goes to the log
    order = json.loads(stdin.readline())
    end_with(stdin)
    os.nice(NICENESS)
    import xllamacpp

    server = xllamacpp.Server(parameters(order))
    reports.write(json.dumps({"address": server.listening_address}) + "\n")
    reports.close()
    threading.Event().wait()


if __name__ == "__main__":
    main()
