"""One address: an issuer by its primary key as JSON. What a Django view costs that does next to nothing."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from issuers.models import Issuer


def issuer(request: HttpRequest, pk: int) -> JsonResponse:
    found = Issuer.objects.get(pk=pk)
    return JsonResponse({"id": found.pk, "slug": found.slug, "name": found.name, "description": found.description})


urlpatterns = [path("issuer/<int:pk>", issuer)]
