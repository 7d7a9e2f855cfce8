"""All sample issuers, in the order in which the demo names them."""

from credentials.samples import business_media, gijutsu, it_academy, nordlicht, salud_publica

ISSUERS = (it_academy.ISSUER, nordlicht.ISSUER, salud_publica.ISSUER, gijutsu.ISSUER, business_media.ISSUER)
