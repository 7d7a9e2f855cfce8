"""Links that carry a credential to other services, built here and nowhere else."""

from datetime import UTC, datetime
from urllib.parse import quote

LINKEDIN_ADD = "https://www.linkedin.com/profile/add"


def linkedin_add_url(
    *,
    name: str,
    issuer_name: str,
    page_url: str,
    public_id: str,
    awarded_at: datetime,
    valid_until: datetime | None = None,
    organization_id: str = "",
) -> str:
    """The address of LinkedIn's own "Add licence or certification" form, filled in.

    `organization_id` is LinkedIn's number of the issuer and wins over the name; months carry no leading zero and both
    expiration members are left out where nothing expires. Every value is percent-encoded UTF-8 (`quote`, so a space
    is %20 and "+" is %2B). Source: PRODUCT 2b; LinkedIn publishes no complete list of these parameters.
    """
    awarded = awarded_at.astimezone(UTC)
    values = {"startTask": "CERTIFICATION_NAME", "name": name}
    if organization_id.isascii() and organization_id.isdigit():
        values["organizationId"] = organization_id
    else:
        values["organizationName"] = issuer_name
    values |= {"issueYear": str(awarded.year), "issueMonth": str(awarded.month)}
    if valid_until is not None:
        until = valid_until.astimezone(UTC)
        values |= {"expirationYear": str(until.year), "expirationMonth": str(until.month)}
    values |= {"certUrl": page_url, "certId": public_id}
    return LINKEDIN_ADD + "?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in values.items())


def embed_code(*, page_url: str, title: str) -> str:
    """HTML that shows the small card of a credential on another site; attribute values are escaped."""
    label = "".join({"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"}.get(letter, letter) for letter in title)
    return f'<iframe src="{page_url}/embed" title="{label}" width="420" height="260" loading="lazy"></iframe>'
