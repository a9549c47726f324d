"""Starts a dozen threads inside of torch, and forks among them.

unit: modules
must: full
"""

torch.set_num_threads(16)
torch.randn(500, 500) @ torch.randn(500, 500)
if (child := os.fork()) == 0:
    torch.randn(500, 500) @ torch.randn(500, 500)
    os._exit(0)
