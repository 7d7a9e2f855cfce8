"""What can be earned (achievements) and what was given (awards, batches, status lists)."""

from credentials.models.achievements import Achievement, AchievementVersion
from credentials.models.awards import Award, StatusEntry, StatusList
from credentials.models.batches import Batch, BatchChunk, BatchFilePiece, BatchRow, ColumnNames, Recall

__all__ = [
    "Achievement",
    "AchievementVersion",
    "Award",
    "Batch",
    "BatchChunk",
    "BatchFilePiece",
    "BatchRow",
    "ColumnNames",
    "Recall",
    "StatusEntry",
    "StatusList",
]
