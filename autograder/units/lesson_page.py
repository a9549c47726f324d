"""A lesson as a web page: one file that loads nothing and runs nothing.

page_of(unit)        the page: formulas as MathML, code in colours, pictures inside; for screens and paper
with_mathml(text)    Markdown with its formulas as MathML, which browsers show without a script

The libraries are imported when the first page is made.
"""

from __future__ import annotations

import base64
import html
import re
from functools import cache
from pathlib import Path

from autograder.units.kit import KitUnit

# A fence or a span of code, in which a $ is a $; a formula in a line of its own; a formula in a sentence.
_PARTS = re.compile(
    r"(?P<code>^```.*?^```$|`[^`]*`)|\$\$(?P<shown>.+?)\$\$|\$(?P<inline>[^$]+)\$", re.S | re.M
)
# What latex2mathml leaves to the reader: a space between y, log and p, and a minus that is a sign.
_NAME = "<mi>(?:tanh|log|ln|exp|max|sin|cos|lim)</mi>"
_FUNCTION = re.compile(
    rf"((?<!<msup>)(?<!<msub>){_NAME}|<msup>{_NAME}<m[in]>[^<]*</m[in]></msup>)(?=<m[in]>)"
)
_BEFORE = re.compile(rf"(</m[in]>|&#x00029;</mo>)(?={_NAME})")
_SIGN = re.compile(r"(<mo[^>]*>&#x000(?:28|3D|5B|2C);</mo>|<math[^>]*><mrow>|<mrow>)<mo>&#x02212;</mo>")
_PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mi>&#x02032;</mi></msup>")  # raised twice, and tiny
SPACE = r'\1<mspace width="0.17em"/>'
_WORDS = re.compile(r"\\text\{[^}]*\}")
_PICTURE = re.compile(r'(?<=<img src=")[^"]+\.svg(?=")')

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ground: #fff; --ink: #1f2328; --soft: #f4f5f7; --line: #d5d9de }}
body {{ max-width: 44rem; margin: 2.5rem auto 5rem; padding: 0 1.2rem; background: var(--ground);
  color: var(--ink); font: 1.05rem/1.6 Georgia, "DejaVu Serif", serif }}
h1, h2 {{ font-family: system-ui, sans-serif; line-height: 1.25; overflow-wrap: anywhere }}
h2 {{ margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line) }}
code, pre {{ font: .88em/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }}
code {{ background: var(--soft); border-radius: 4px; padding: .1em .3em }}
pre {{ background: var(--soft); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto }}
pre code {{ padding: 0; font-size: 1em }}
table {{ border-collapse: collapse; display: block }} table, p:has(> img) {{ overflow-x: auto }}
th, td {{ padding: .3rem .9rem; border-bottom: 1px solid var(--line); text-align: left }}
img {{ max-width: max(100%, 34rem); height: auto; display: block; margin: 1.5rem auto; border-radius: 6px }}
math {{ font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", math }}
math[display="block"] {{ margin: 1.2rem 0; overflow-x: auto; overflow-y: hidden; font-size: 1.15em }}
{light}
@media (prefers-color-scheme: dark) {{
:root {{ --ground: #14171b; --ink: #dfe3e8; --soft: #20252b; --line: #39414a }}
img {{ filter: invert(.92) hue-rotate(180deg) }}
{dark}
}}
@media print {{
:root {{ --ground: #fff; --ink: #000; --soft: #f4f5f7; --line: #bbb }}
body {{ margin: 0; max-width: none; font-size: 10.5pt }}
pre {{ white-space: pre-wrap }}
img {{ filter: none }}
pre, table, img, math {{ break-inside: avoid }}
h2 {{ break-after: avoid }}
}}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def page_of(unit: KitUnit) -> str:
    """The unit's lesson as HTML; a unit without one has its title only."""
    from markdown_it import MarkdownIt
    from pygments.formatters import HtmlFormatter

    text = f"# {unit.declaration.title}\n"
    if unit.lesson_file.exists():
        text = unit.lesson_file.read_text(encoding="utf-8")
    markdown = MarkdownIt("commonmark", {"highlight": _coloured}).enable("table")
    body = markdown.render(with_mathml(text))
    styles = [HtmlFormatter(style=style).get_style_defs("pre") for style in ("default", "github-dark")]
    light, dark = ("\n".join(line for line in css.splitlines() if line.startswith("pre .")) for css in styles)
    body = _PICTURE.sub(lambda path: _embedded(unit.folder / path[0]), body)
    return _PAGE.format(title=html.escape(unit.declaration.title), body=body, light=light, dark=dark)


@cache
def with_mathml(text: str) -> str:
    """The Markdown text with MathML in place of $...$ and $$...$$; code is left alone."""
    from latex2mathml.converter import convert

    def replaced(part: re.Match[str]) -> str:
        if part["code"]:
            return part[0]
        formula = _WORDS.sub(lambda words: words[0].replace(r"\_", "_"), part["shown"] or part["inline"])
        mathml = convert(formula, display="block" if part["shown"] else "inline")
        mathml = _FUNCTION.sub(SPACE, _BEFORE.sub(SPACE, mathml))
        mathml = _PRIME.sub(r'\1<mo lspace="0" rspace="0">&#x02032;</mo>', mathml)
        return _SIGN.sub(r'\1<mo form="prefix">&#x02212;</mo>', mathml)

    return _PARTS.sub(replaced, text)


def _coloured(code: str, language: str, _: str) -> str:
    """The code as HTML with the colours of its language; "" leaves it to Markdown."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    name = "pycon" if code.startswith(">>>") else language
    return highlight(code, get_lexer_by_name(name), HtmlFormatter(nowrap=True)) if name else ""


def _embedded(picture: Path) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.read_bytes()).decode()}"
