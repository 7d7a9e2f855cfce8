"""What can be earned (achievements) and what was given (awards, batches, status lists)."""

from credentials.models.achievements import Achievement, AchievementVersion
from credentials.models.awards import Award, Reinstatement, StatusEntry, StatusList
from credentials.models.batches import Batch, BatchChunk, BatchFilePiece, BatchRow, ColumnNames, Recall
from credentials.models.notices import Notice

__all__ = [
    "Achievement",
    "AchievementVersion",
    "Award",
    "Batch",
    "BatchChunk",
    "BatchFilePiece",
    "BatchRow",
    "ColumnNames",
    "Notice",
    "Recall",
    "Reinstatement",
    "StatusEntry",
    "StatusList",
]
