"""One submission graded, on a machine that has the solutions.

grade        one submission: its cells in a sandbox, every check on them, the judge's word on each
oracle       the right answers and the mistakes' answers on a seed: what a submission is compared with
sandbox      a submission's worker: load the cells, ask the checks, start again after a crash
confinement  what is in the sandbox, and what this machine lacks for it
seccomp      the system calls that a worker may not make
processes    start a worker, confined or not, and end it with all that it started
doctor       what this machine has for grading, tried out
"""
