"""Computes how much memory its processes could take together: children times the limit of each.

harm: machine
must: full
"""

import resource

LIMIT = 32 << 30  # bytes a submission may take of the machine at most
children = []
while len(children) < 500:
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        signal.pause()
        os._exit(0)
    children.append(child)
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
each = resource.getrlimit(resource.RLIMIT_AS)[0]
if each < 0 or each * (len(children) + 1) > LIMIT:
    tell(f"{len(children)} children of {each / (1 << 30):.1f} GiB each")
