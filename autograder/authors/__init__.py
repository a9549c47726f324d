"""For the kit's authors: derive what students receive, and verify what the kit promises.

build      write a unit's stub, recorded answers and pictures
scaffold   the skeletons of a new exercise
verify     the rules that every unit must keep
bundle     the students' copy of the kit
autograders  what grades elsewhere: on Gradescope, in a repository on GitHub
pictures   the pictures in the lessons: solutions/UNIT/pictures.py draws them
screens    the pictures in README.md, kept in readme/
"""
