"""Real processes, really killed, frozen, cut off and deployed, while answers are being written.

Two columns: one process on SQLite, and two web processes with a runner on PostgreSQL and Valkey. Each case
ends before the same judge (judge.py): text in every tab, in the export and in the database, status, and the
upstream's own log of what it was asked and what it sent.
"""
