"""The side that runs answers: everything of ours that an untrusted process sees.

plain      what may cross: turning any object into plain data
channel    how it crosses: frames of a JSON tree and raw array bytes
outcome    what one run of a check program came to
limits     a time limit for code in this process
programs   running a check program on an answer module
watched    the answer module as a check program sees it
fence      noticing what an answer takes instead of writing it
failures   an exception as data, with the answer's own lines
cells      running a submission's cells
shell      running a notebook's cells as IPython does
__main__   the worker process
"""
