"""Units as nbgrader assignments: a course, its steps, and what nbgrader calls while it grades.

    course      a course's folder, its kit and its secret: make_course, open_course
    steps       release, feedback, each by nbgrader's own API
    grading     grade, grade_all: a class, on as many processes as there are cores
    gradebook   scores: the gradebook's read-out
    marks       everybody's marks, penalties and points given by hand included
    export      the marks as CSV: nbgrader's columns, Canvas's or Moodle's
    records     what is kept of each submission, and its phrase

    graft       the released notebook with a submission's answers
    outputs     what a graded notebook shows
    converter   the exporter and the preprocessor that nbgrader_config.py names

nbgrader itself is imported late, when a step needs it: that takes seconds.
"""
