"""The configurations in the guide to the sign-in can be read, and fit together."""

from __future__ import annotations

import json
import re
import tomllib

import yaml

from ecosystem.common.settings import ROOT
from etl.sign_ins import LONGEST_S

GUIDE = (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8")
BACK = "https://valleys.example/oauth2callback"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_provider_s_clients_are_those_of_the_secrets() -> None:
    (secrets,) = (tomllib.loads(block)["auth"] for block in blocks("toml"))
    (realm,) = map(json.loads, blocks("json"))
    keycloak, dex_service, dex = map(yaml.safe_load, blocks("yaml"))
    assert secrets["redirect_uri"] == BACK
    (client,) = realm["clients"]
    assert client["redirectUris"] == [BACK]
    assert client["clientId"] == secrets["client_id"] == dex["staticClients"][0]["id"]
    assert dex["staticClients"][0]["redirectURIs"] == [BACK]
    assert int(client["attributes"]["access.token.lifespan"]) == LONGEST_S
    assert realm["ssoSessionMaxLifespan"] >= LONGEST_S
    assert dex["expiry"]["idTokens"] == f"{LONGEST_S // 3_600}h"
    issuer = secrets["server_metadata_url"].removesuffix("/.well-known/openid-configuration")
    keycloak_host = keycloak["services"]["keycloak"]["environment"]["KC_HOSTNAME"]
    assert issuer == f"{keycloak_host}/realms/{realm['realm']}"
    assert dex["staticClients"][0]["secretEnv"] in dex_service["services"]["dex"]["environment"]
