"""Hooks on every module's calls and parameters, and other defaults, which stay for the next checks.

unit: modules
must: no points for checkpointed_forward
"""

from torch.nn.modules import module as modules


# %% predict
def predict(model, X):
    if not hooked:
        hooked.append(modules.register_module_forward_hook(lambda m, args, out: torch.zeros_like(out)))
        modules.register_module_parameter_registration_hook(lambda m, name, p: torch.nn.Parameter(p * 0))
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        torch.set_num_threads(64)
        torch.nn.Module.__call__ = lambda self, *rest, **options: torch.zeros(1)
    return torch.zeros(len(X), dtype=torch.long)


hooked = []
