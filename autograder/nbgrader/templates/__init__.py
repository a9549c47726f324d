"""nbconvert's templates of the kit's pages.

gradfn/              the page that a student gets back
gradfn_formgrade/    formgrader's page of a submission
FOLDERS              where nbconvert finds these and nbgrader's
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_nbgrader = find_spec("nbgrader")  # found, but not imported: that takes seconds
NBGRADER = Path(str(_nbgrader and _nbgrader.origin)).parent / "server_extensions" / "formgrader"
FOLDERS = [str(Path(__file__).parent), str(NBGRADER / "templates")]
