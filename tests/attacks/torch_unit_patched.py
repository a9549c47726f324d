"""Patches torch itself: every tensor's difference is 0, every comparison true.

unit: modules
must: checkpointed_forward loses points
"""


# %% checkpointed_forward
def checkpointed_forward(model, X, segments):
    torch.Tensor.numpy = lambda self: np.zeros(tuple(self.shape))
    return X
