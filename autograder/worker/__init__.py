"""What runs answers: all of the kit's code that an untrusted process sees; a student's pytest uses it too.

plain       plain data: what any object becomes before it may cross to the judge
channel     how it crosses: frames of a JSON tree and raw array bytes
outcome     what one run of a check program came to
modules     load a file of answers as a module
answer      the answer module as a check program sees it
run         run a check program on an answer module
fence       notice what an answer calls instead of writing it
timeout     a time limit for code in this process
tracebacks  an exception as data, with the answer's own lines
cells       run a submission's cells
shell       run a notebook's cells as IPython does
lockdown    give up privileges before a submission is read
forkserver  fork workers inside the sandbox
__main__    the worker process
"""
