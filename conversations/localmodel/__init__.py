"""The small model on this machine: llama.cpp's server as a child process, used when no upstream is set.

A child of its own, so that a crash in native code cannot take the web process along, and so that the
model's arithmetic runs at a lower priority than the pages.
"""

from conversations.localmodel.supervisor import LocalModel, State, is_here, is_starting, ready, state
from conversations.localmodel.weights import NotInstalled

__all__ = ["LocalModel", "NotInstalled", "State", "is_here", "is_starting", "ready", "state"]
