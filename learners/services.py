"""What can be done with a person's account."""

from __future__ import annotations

from learners.models import User


class AddressTaken(Exception):
    """A real account has the address that the sample account was to have."""

    code = "address_taken"
    title = "The sample account cannot be made"


def ensure_demo_user(*, email: str, password: str) -> User:
    """Return the sample account, made or brought up to date. It cannot sign in unless DEBUG is on (learners.sign_in).

    Raises AddressTaken rather than touch the account of a real person.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        return User.objects.create_user(email=email, password=password, name="Demo", is_demo=True)
    if not user.is_demo:
        raise AddressTaken(f"{user.email} belongs to a real account. Choose another address with --email.")
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return user
