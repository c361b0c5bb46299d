"""The catalogues of translated words: collected from code and templates, brought up to date, compiled, looked over."""
