"""A cell of its own that loops; the answers are right.

must: full
"""

while True:
    pass
