"""Random courses of events, thousands of them, for the real runner, feeds, mirrors, readers and doorbells.

Only the rim is made up: a clock that jumps (virtual_time), rows in memory (rows), an upstream that logs what
it sent (upstream), sockets and pages (pages). A course (course) is a list of faults at random moments; the
judge (judge) says what must never be seen, while it runs and at its end.
"""
