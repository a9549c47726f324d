"""One submission graded, on a machine that has the solutions.

grade        one submission: run its cells in a sandbox, run every check, judge the outcomes
oracle       the reference answers and the mistakes' answers on a seed, which a submission is compared with
folder       a submission's folder: which of its files holds the answers
sandbox      the worker of one submission: load the cells, run the checks, start again after a crash
byhand       what a person should look at in answers that are to be written by hand
isolation    the ways to confine a submission, and which is used
confinement  what the sandbox contains, and what this machine lacks for it
accounts     what takes the sandbox's place in a container without namespaces
wasm         what takes its place where there are no namespaces, for units without torch
wasm_host    the process around one worker in WebAssembly
seccomp      the system calls that a worker may make, from system_calls.json
cgroups      a control group for each submission, where the machine has them
imports      what the judge's own processes import: nothing of the working directory
processes    start a worker, forked or plain, and end it with everything it started
gradescope   judge one submission in Gradescope's container
doctor       try out what this machine has for grading
"""
