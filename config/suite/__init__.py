"""The one entry of the suite: gets Odoo, PostgreSQL and a Python environment, and runs them.

Standard library only: this code runs before anything is installed.
"""
