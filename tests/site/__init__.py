"""The site in a real browser: see served.py for the pieces, sweep.py for a check of every answer there."""
