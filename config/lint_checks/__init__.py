"""The checks behind ``config/lint.py``: each takes the repository's folder and returns findings."""
