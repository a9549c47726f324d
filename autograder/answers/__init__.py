"""A student's file, as cells.

submission  read a submission: the cells that are run and judged, or why it cannot be graded
cells       read a script or a notebook as cells, and write cells as a script
convert     convert a student's work from script to notebook and back
notebooks   a unit as an nbgrader notebook
"""
