"""Whether a submission is right, and the words for what is wrong.

judge       compare outcomes with the reference's, recognise the mistake, give the points
results     the results and their JSON
compare     how two pieces of plain data differ
diagnose    what a difference looks like: a factor, a sign, a transposed array
card        the failure card
explain     the sentences on the card
slips       what a beginner wrote that Python reads otherwise
meanings    what an exception or a warning means, in plain words
signatures  the parameters of a stub's functions
gpu_faults  errors of a GPU, and which of them are the machine's fault
"""
