"""`python -m quietmonday` is the `quietmonday` command."""

from quietmonday.cli import main

main()
