"""The kit on disk: units, their files and what is read from them.

kit        Kit, KitUnit, Exercise, Question: a folder that holds exercises/ and perhaps solutions/
script     the percent format: a script split into Cells, and Cells joined
lessons    the sections of a unit's README.md
lesson_page  a lesson as a web page, and Markdown with MathML
recorded   recorded.json: what the solution and the mistakes answer on one seed
gpu_tier   which checks run on a GPU, where and how closely they are compared
lookup     units and exercises by the names that people type
files      reading untrusted files, and writing files without losing anything
"""
