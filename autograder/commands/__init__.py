"""The commands of `gradfn`, by who uses them.

student      progress, hint, reset
instructor   judge, course, release, grade, feedback, report, export
author       dev build, dev verify, dev new
grading      what `gradfn grade` shows
words        what they share
"""
