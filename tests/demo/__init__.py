"""`make demo`: a course from release to gradebook.

__main__  make the course, grade it and print the tables
students  the class: what each student hands in
"""
