"""An area that only tests install: jobs whose runs can be counted in a real worker process."""
