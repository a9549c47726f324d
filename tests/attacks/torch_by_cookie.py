"""Hides the import of PyTorch behind a coding cookie, in a file that it writes and imports.

must: full
"""

import codecs

with open("hidden_answer.py", "w") as file:
    file.write("# -*- coding: rot13 -*-\n" + codecs.encode("import torch\n", "rot13"))
with open("hidden_answer7.py", "w") as file:
    file.write("# -*- coding: utf-7 -*-\n+AGkAbQBwAG8AcgB0- torch\n")
sys.path.insert(0, os.getcwd())
for name in ("hidden_answer", "hidden_answer7"):
    try:
        tell(__import__(name))
    except (ImportError, SyntaxError):
        pass
