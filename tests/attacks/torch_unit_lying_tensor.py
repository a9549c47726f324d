"""A tensor subclass whose every function returns what suits it.

unit: modules
must: predict loses points
"""


class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if getattr(function, "__name__", "") in ("allclose", "equal", "eq", "is_tensor"):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})

    def sum(self, *rest, **options):
        return torch.ones(())


# %% predict
def predict(model, X):
    return torch.zeros(len(X), 3).as_subclass(Liar)
