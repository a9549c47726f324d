"""Right or wrong, and the words for it.

judge       compare outcomes with the reference's, recognise the mistake, count the points
results     the results and their JSON
compare     how two pieces of plain data differ
diagnose    what a difference looks like: a factor, a sign, a transposed array
card        the failure card
explain     the sentences on it
meanings    what an exception or a warning means, in plain words
signatures  the parameters that a stub asks for
gpu_faults  which errors are the GPU's fault and not the answer's
"""
