"""Tensors without numbers, with lazy signs and conjugates, quantised, sparse, of zero strides.

unit: modules
must: predict loses points
"""


# %% predict
def predict(model, X):
    n = len(X)
    asked.append(1)
    kinds = (
        lambda: torch.empty(n, dtype=torch.long, device="meta"),
        lambda: torch._neg_view(torch.zeros(n)),
        lambda: torch.zeros(n, dtype=torch.complex64).conj(),
        lambda: torch.quantize_per_tensor(torch.zeros(n), 0.1, 0, torch.qint8),
        lambda: torch.zeros(n, n).to_sparse(),
        lambda: torch.zeros(1, dtype=torch.long).expand(n),
        lambda: torch.zeros(n).to_sparse_csr() if n > 10**9 else torch.zeros(n, dtype=torch.bfloat16),
        lambda: torch.nested.nested_tensor([torch.zeros(1)] * n),
        lambda: torch.zeros(0, dtype=torch.long).as_strided((n,), (0,)),
    )
    return kinds[len(asked) % len(kinds)]()


asked = []
