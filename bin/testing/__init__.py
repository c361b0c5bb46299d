"""What `bin/test` and `bin/lint` are made of. Runs inside the project's environment; no part of the product."""
