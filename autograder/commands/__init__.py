"""The commands of `gradfn`, by who uses them.

student      progress, watch, list, hint, solution, reset, notebook, script, submit, update
instructor   judge, course, release, grade, feedback, report, export, bundle
author       dev build, dev verify, dev new
grading      what `gradfn grade` shows
words        what they share
"""
