"""The ledger read: which rows somebody asks about, what they sum up to, and the rows themselves as CSV."""

from conversations.usage.cube import Cube
from conversations.usage.folding import fold
from conversations.usage.form import UsageForm
from conversations.usage.ledger_csv import COLUMNS, csv_chunks, table_chunks
from conversations.usage.periods import by_period
from conversations.usage.selection import Selection
from conversations.usage.sums import Sums
from conversations.usage.tables import Group, crossed, groups_by, outcomes_of

__all__ = [
    "COLUMNS",
    "Cube",
    "Group",
    "Selection",
    "Sums",
    "UsageForm",
    "by_period",
    "crossed",
    "csv_chunks",
    "fold",
    "groups_by",
    "outcomes_of",
    "table_chunks",
]
