"""For the kit's authors: deriving what students receive, and proving what the kit promises.

build      write a unit's stub, recorded answers and pictures
scaffold   the skeletons of a new exercise
verify     the rules that every unit keeps
bundle     the students' copy of the kit
pictures/  the pictures in the lessons
"""
