"""The `quietmonday` command."""

import os
import sys


def main() -> None:
    """Run a management command; the list is in README."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
