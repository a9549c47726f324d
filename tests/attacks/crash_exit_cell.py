"""Calls sys.exit while its cells run; the answers are right.

must: full
"""

sys.exit(0)
