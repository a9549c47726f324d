"""A student's file, as cells.

submission  what a file hands in: the cells that count, or a reason why it cannot be graded
cells       a script or a notebook as cells, and cells as a script
convert     carry work from script to notebook and back
notebooks   a unit as an nbgrader notebook
"""
