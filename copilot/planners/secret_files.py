"""Which files look as if they held secrets? Those are never shown to a model, whatever it asks for."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"""
    (?:^|/)(?:
        \.env(?:\..*)? | .*\.env | \.envrc
      | .*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|gpg|asc|ppk|tfstate|tfvars)(?:\..*)?
      | id_(?:rsa|dsa|ecdsa|ed25519)[^/]*
      | \.?(?:netrc|pgpass|npmrc|pypirc|htpasswd|dockercfg|git-credentials|my\.cnf)
      | [^/]*(?:credential|passwd|password|secret|token|apikey|api_key|private[_-]?key)[^/]*\.(?!py$|pyi$|avsc$|md$|sql$)[^/.]+
      | (?:credentials?|secrets?|passwords?)
    )$
    | (?:^|/)(?:\.ssh|\.aws|\.gnupg|\.kube|\.docker|\.azure|\.gcloud|secrets?|credentials?)/
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_secret(path: str) -> bool:
    """Tells whether a file's name or folder says that it is not for others to read."""
    return bool(_NAMES.search(path))
