"""Try to take in several files, one after another, in one process; print what each was refused with, as JSON.

python -m tests.integrations.tries BUSINESS FILE…
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Try each file; a refusal is a CommandError, anything else is told by its type."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    import django

    django.setup()
    from django.core.management import CommandError, call_command

    said = {}
    for path in sys.argv[2:]:
        try:
            call_command("import_business", sys.argv[1], path, stdout=sys.stderr)
            said[path] = "taken in"
        except CommandError as error:
            said[path] = f"refused: {error}"
        except Exception as error:  # noqa: BLE001  # the test that reads it fails by its name
            said[path] = f"broke: {type(error).__name__}: {error}"
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
