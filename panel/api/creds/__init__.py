"""The pool's credentials: read, changed, brought and taken away."""
