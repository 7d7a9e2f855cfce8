"""A badge that came as a file: what is read of it, for the page and the API alike."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile


class FileTooLarge(Exception):
    """The file has more than MAX_UPLOAD_MB."""


class FileIsPdf(Exception):
    """PDF files carry no badge that is read here."""


def read_upload(upload: UploadedFile[bytes]) -> bytes:
    """The bytes of an uploaded badge. Raises FileTooLarge, FileIsPdf."""
    if (upload.size or 0) > settings.MAX_UPLOAD_MB * 2**20:
        raise FileTooLarge
    data: bytes = upload.read()
    if data.startswith(b"%PDF-"):
        raise FileIsPdf
    return data
