"""What can be earned (achievements) and what was given (awards, batches, status lists)."""

from credentials.models.achievements import Achievement, AchievementVersion
from credentials.models.awards import Award, Reinstatement, StatusEntry, StatusList
from credentials.models.batches import Batch, BatchChunk, BatchRow
from credentials.models.notices import Notice

__all__ = [
    "Achievement",
    "AchievementVersion",
    "Award",
    "Batch",
    "BatchChunk",
    "BatchRow",
    "Notice",
    "Reinstatement",
    "StatusEntry",
    "StatusList",
]
