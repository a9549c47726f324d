"""Breaks the interpreter's own objects: frees None, empties types, clears modules.

must: nothing passes
"""

sys.modules.clear()
