"""Who acts in a request to the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from learners.models import User


def user_of(request: HttpRequest) -> User:
    assert request.user.is_authenticated  # every caller is behind login_required
    return request.user
