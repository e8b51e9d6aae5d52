"""Promises in seconds are the program's, not the machine's."""

import pytest

# One that other programs share stands still for seconds now and then: what was measured meanwhile says
# nothing, and is measured again. Whoever really is too slow is so every time.
IN_SECONDS = pytest.mark.flaky(reruns=4)
