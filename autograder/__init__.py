"""gradfn's judge: runs check programs on answers, compares what they return and explains the difference.

What there is        declare kit recorded percent lessons tiers errors
A run, judged        answers worker/ compare diagnose slips judge
In words             explain card asked warned cuda narrow consoles
At home              plugin local jupyter watch/ progress listing reveal reset remembered names
Handing in           parts carry submit exchange update kept files
Grading              submission oracle confinement refused workers sandbox grading doctor
A class              nbgrader/ report/ demo demo_class
For authors          stubs notebooks pictures/ scaffold verify bundle
The command          cli commands/

Each file's first lines are its table of contents.
"""

__version__ = "0.1.0"
