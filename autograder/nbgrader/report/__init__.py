"""The class report: one page an instructor can read, print and keep, made of what grading found.

gather         what was stored of the class, as the page tells it: gather(course, unit) -> ClassReport
item_analysis  how hard each check is, and how well it tells strong from weak
plots          the pictures, as SVG
page           write_report(course, unit, file): the template's variables, and the file
page.html      the template

Everything from a submission or a student's name is untrusted: the template escapes all of it, pictures stand
in <img>, and the page's own policy forbids scripts.
"""
