"""A real OAuth server, as a process: `python -m tests.support.oauthserver_process FOLDER`.

Django OAuth Toolkit with settings and a database of its own. It prints one line of JSON,
`{"base"}`, and serves until it is ended.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.wsgi import get_wsgi_application

_APPS = ("auth", "contenttypes", "sessions", "oauth2_provider")
SITE = "tests.support.oauthserver_site"
PEOPLE = {"anna": "anna@mail.test", "mallory": "<script>alert(1)</script>@mail.test"}
REDIRECTS = "https://potluck.test/auth/callback http://localhost:8085/callback"
SCOPES = {"openid": "Who you are", "models": "Ask models"}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


def configure(folder: Path, base: str) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.configure(
        SECRET_KEY="only for tests",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[f"django.contrib.{app}" for app in _APPS[:3]] + ["oauth2_provider"],
        # Tables are made from the models, which takes a tenth of the time of the migrations.
        MIGRATION_MODULES=dict.fromkeys(_APPS),
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "oauth.sqlite3"),
                "OPTIONS": {"timeout": 20},
            }
        },
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            f"{SITE}.Signed",
        ],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        ROOT_URLCONF=SITE,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        USE_TZ=True,
        OAUTH2_PROVIDER=toolkit(base, pem),
    )


def toolkit(base: str, pem: str) -> dict[str, object]:
    """As strict as it can be made."""
    return {
        "SCOPES": SCOPES,
        "DEFAULT_SCOPES": ["models"],
        "PKCE_REQUIRED": True,
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": pem,
        "OIDC_ISS_ENDPOINT": f"{base}/o",
        "OAUTH2_VALIDATOR_CLASS": f"{SITE}.Claims",
        "OAUTH_DEVICE_VERIFICATION_URI": f"{base}/o/device/",
        "OAUTH_DEVICE_VERIFICATION_URI_COMPLETE": lambda code: f"{base}/o/device/?user_code={code}",
        "DEVICE_FLOW_INTERVAL": 5,
    }


def fill() -> None:
    """The people, and clients named after how they say who they are."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application  # type: ignore[import-untyped]

    call_command("migrate", run_syncdb=True, verbosity=0)
    for name, email in PEOPLE.items():
        User.objects.create(
            username=name, email=email, first_name=f"{name} <b>of</b>\u202e the tests"
        )
    code, device = Application.GRANT_AUTHORIZATION_CODE, Application.GRANT_DEVICE_CODE
    for client, kind, grant in (
        ("public", Application.CLIENT_PUBLIC, code),
        ("secret", Application.CLIENT_CONFIDENTIAL, code),
        ("device", Application.CLIENT_PUBLIC, device),
    ):
        Application.objects.create(
            name=client,
            client_id=f"{client}-client",
            client_secret="planted:client/secret" if client == "secret" else "",
            client_type=kind,
            authorization_grant_type=grant,
            redirect_uris=REDIRECTS if grant == code else "",
            algorithm=Application.RS256_ALGORITHM,
        )


def main(folder: Path) -> None:
    with _Server(("127.0.0.1", 0), _Silent) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        configure(folder, base)
        application = get_wsgi_application()
        fill()
        server.set_app(application)
        sys.stdout.write(json.dumps({"base": base}) + "\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
