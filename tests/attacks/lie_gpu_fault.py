"""Raises what CUDA says where a machine has no GPU, so that its checks count as not run; none is used here.

must: step is judged
"""


# %% step
def step(z):
    raise RuntimeError("no CUDA-capable device is detected")
