"""Pages of the provider that the tests start, and what it tells of its people."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.urls import include, path
from oauth2_provider.oauth2_validators import OAuth2Validator

urlpatterns = [
    path("login/", LoginView.as_view()),
    path("favicon.ico", lambda request: HttpResponse(status=204)),
    path("", include("oauth2_provider.urls")),
]


class Validator(OAuth2Validator):
    """Tells of each person what stands in the file."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(settings.PEOPLE_FILE.read_text()).get(request.user.username, {})
        return told

    def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> Any:
        """Its own word of when somebody showed it may be made an older one."""
        claims, expires = super().get_id_token_dictionary(token, token_handler, request)
        return {**claims, **{k: v for k, v in self.get_additional_claims(request).items() if k == "auth_time"}}, expires
