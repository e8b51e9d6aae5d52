"""What allauth asks us: may strangers make accounts here, and who is it that tries passwords?"""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from conversations.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose failed sign-ins are counted together."""
        address = client_address(request)
        if address is None:
            raise PermissionDenied("Nobody can say where this comes from.")
        return address
