"""Writes the standing cast into the installation of the environment: `python -m tests.network.people`."""

import os

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from quietmonday.kit.clock import now
    from tests.cast import make_cast

    call_command("createcachetable", verbosity=0)
    make_cast(now())
