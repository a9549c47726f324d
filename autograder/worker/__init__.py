"""What runs answers: all of the kit's code that an untrusted process imports; a student's pytest uses it too.

plain       plain data: what every object is turned into before it is sent to the judge
channel     how it is sent: frames of a JSON tree and raw array bytes
door        what it is sent through in WebAssembly, which has no sockets
outcome     the result of one run of a check program
parsing     a notebook's cells, and the names that code defines
modules     load a file of answers as a module
answer      the answer module as a check program sees it
run         run a check program on an answer module
overflow    let np.exp tell an overflow in WebAssembly
fence       notice calls of functions that the exercise asks to write
timeout     a time limit for code in this process
tracebacks  an exception as data, with the answer's own lines
imports     what an answer may import
notebook_lines  lines that only a notebook can run
cells       run a submission's cells
shell       run a notebook's cells as IPython does
lockdown    give up privileges before a submission is read
forkserver  fork workers inside the sandbox
__main__    the worker process
"""
