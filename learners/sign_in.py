"""Signing in: who may, and how often a password may be tried."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from rest_framework.throttling import SimpleRateThrottle

from learners.models import User


class AccountBackend(ModelBackend):
    """Accounts by e-mail address. The sample account exists for trying things out: outside DEBUG it is refused."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        if isinstance(user, User) and user.is_demo and not settings.DEBUG:
            return False
        return super().user_can_authenticate(user)


class _Attempts(SimpleRateThrottle):
    """Ten attempts in five minutes from one address."""

    rate = "10/5min"

    def parse_rate(self, rate: str | None) -> tuple[int, int]:
        return 10, 5 * 60

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:sign-in:{request.META.get('REMOTE_ADDR', '')}"


class SignInForm(AuthenticationForm):
    """The e-mail address is compared in lower case, as it is stored."""

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        return username.strip().lower()


class SignInView(views.LoginView):
    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _Attempts().allow_request(request, self):  # type: ignore[arg-type]  # reads META only
            form = self.get_form()
            form.is_valid()
            form.errors.clear()
            form.add_error(None, "Too many attempts. Wait five minutes, then try again.")
            return self.render_to_response(self.get_context_data(form=form), status=429)
        return super().post(request, *args, **kwargs)
