"""`make demo`: a course from release to gradebook.

__main__  makes the course, grades it and prints the table
students  the class: what each of its students hands in
"""
