"""The ledger read: which rows somebody asks about, what they sum up to, and the rows themselves as CSV."""

from conversations.usage.ledger_csv import COLUMNS, csv_chunks
from conversations.usage.periods import by_period
from conversations.usage.selection import Selection, UsageForm
from conversations.usage.sums import Breakdown, Group, Sums, break_down

__all__ = [
    "COLUMNS",
    "Breakdown",
    "Group",
    "Selection",
    "Sums",
    "UsageForm",
    "break_down",
    "by_period",
    "csv_chunks",
]
