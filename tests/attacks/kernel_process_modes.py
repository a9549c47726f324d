"""Changes how the kernel treats this process: merged memory, speculation, the signal at its parent's death.

must: full
"""

MEMORY_MERGE, SPECULATION, DEATH_SIGNAL, DUMPABLE, SUBREAPER, KEEP_CAPS, TIMER_SLACK = 67, 53, 1, 4, 36, 8, 29
for option, *arguments in (
    (MEMORY_MERGE, 1, 0, 0, 0),
    (SPECULATION, 0, 1 << 1, 0, 0),
    (DEATH_SIGNAL, 0, 0, 0, 0),
    (DUMPABLE, 1, 0, 0, 0),
    (SUBREAPER, 1, 0, 0, 0),
    (KEEP_CAPS, 1, 0, 0, 0),
    (TIMER_SLACK, 1, 0, 0, 0),
):
    if call(157, option, *arguments) is not None:
        tell(f"prctl {option}")
for name, number, *arguments in (
    ("ioprio_set", 251, 1, 0, 1 << 13),
    ("setpriority", 141, 0, 0, 19),
    ("sched_setscheduler", 144, 0, 3, struct.pack("i", 0)),
    ("sched_setaffinity", 203, 0, 8, struct.pack("Q", 1)),
    ("sched_setattr", 314, 0, struct.pack("IIQiIQQQ", 48, 3, 0, 0, 0, 0, 0, 0), 0),
    ("setrlimit", 160, 7, struct.pack("QQ", 10, 10)),
):
    if call(number, *arguments) is not None:
        tell(name)
