"""The rows: providers, conversations, their messages, and the ledger of upstream requests."""

from conversations.models.audit import AuditEntry, Reading
from conversations.models.budget import Budget, GroupLimit, ModelAccess
from conversations.models.conversation import Conversation
from conversations.models.draft import Draft
from conversations.models.event import GenerationEvent
from conversations.models.factor import TokenFactor
from conversations.models.generation import Generation
from conversations.models.imported import Import, ImportPart
from conversations.models.message import Message
from conversations.models.offered import OfferedModel
from conversations.models.owner import Owner, SetupToken
from conversations.models.passage import Passage, Unindexed
from conversations.models.preference import Preference
from conversations.models.price import ModelPrice
from conversations.models.process import Process
from conversations.models.provider import Provider
from conversations.models.queued import QueuedMessage
from conversations.models.rollup import RollupZone, UsageRollup
from conversations.models.saved_prompt import SavedPrompt
from conversations.models.share import Share
from conversations.models.tag import Tag

__all__ = [
    "AuditEntry",
    "Budget",
    "Conversation",
    "Draft",
    "Generation",
    "GenerationEvent",
    "GroupLimit",
    "Import",
    "ImportPart",
    "Message",
    "ModelAccess",
    "ModelPrice",
    "OfferedModel",
    "Owner",
    "Passage",
    "Preference",
    "Process",
    "Provider",
    "QueuedMessage",
    "Reading",
    "RollupZone",
    "SavedPrompt",
    "SetupToken",
    "Share",
    "Tag",
    "TokenFactor",
    "Unindexed",
    "UsageRollup",
]
