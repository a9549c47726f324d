"""Where classes live: Moodle, Canvas, Brightspace, Blackboard, Gradescope, GitHub, and plain files.

systems    each system's formats as data: names in a download, columns of a class list, what it imports
unpack     the files of a download, from a folder or a zip and the zips in it, within limits
times      times as people and systems write them, always with a time zone
people     who is meant: the class, and the ids that each system uses for a student
roster     a system's own export, or any CSV file, into nbgrader's table of students
downloads  who handed in what, and when, as a download says it
collect    a download into submitted/STUDENT/UNIT
late       due dates, extensions and late penalties
plugin     what nbgrader calls to take a late penalty off
"""
