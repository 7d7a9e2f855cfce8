"""The operator's pages about accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm

from learners.models import User

if TYPE_CHECKING:  # Django's classes take a type argument in the eyes of the type checker only
    ChangeForm = UserChangeForm[User]
    CreationForm = UserCreationForm[User]
    Accounts = UserAdmin[User]
else:
    ChangeForm, CreationForm, Accounts = UserChangeForm, UserCreationForm, UserAdmin


class _ChangeForm(ChangeForm):
    class Meta:
        model = User
        fields = ("email", "name", "is_active", "is_staff", "is_superuser")


class _CreationForm(CreationForm):
    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.lower()


@admin.register(User)
class AccountAdmin(Accounts):
    form = _ChangeForm
    add_form = _CreationForm
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
    list_display = ("email", "name", "is_staff", "is_active", "is_demo")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
